import type { Id, KnownEvent } from "@/shared/api/wire";
import type { RoomState } from "../room-state";

/** Who is looking: whose messages do not count as unread, and whether the room is being read right now. */
export interface Viewer {
  me: Id;
  reading: boolean;
}

export type Kind = KnownEvent["type"];
export type EventOf<K extends Kind> = Extract<KnownEvent, { type: K }>;

/** What the events of one kind mean to the client. They all move the cursor; what is left out here they do not do. */
export interface EventKind<K extends Kind> {
  /** The room after the event. */
  reduce?(state: RoomState, event: EventOf<K>, viewer: Viewer): RoomState;
  /** What happened, in a sentence without its full stop, which stands in the timeline between the messages. */
  notice?(event: EventOf<K>): string;
}
