import type { KnownEvent, RoomEvent } from "@/shared/api/wire";
import type { EventKind, Kind } from "./kind";
import { message } from "./message";
import { messageChanged } from "./message-changed";
import { roomChanged } from "./room-changed";
import { userJoin } from "./user-join";
import { userLeft } from "./user-left";

/** A row for each kind that the server describes. */
export const kinds = {
  message,
  message_edited: messageChanged,
  message_deleted: messageChanged,
  user_join: userJoin,
  user_left: userLeft,
  room_changed: roomChanged,
} satisfies { [K in Kind]: EventKind<K> };

/** Whether this version knows what to do with the event. */
export function isKnown(event: RoomEvent): event is KnownEvent {
  return Object.hasOwn(kinds, event.type);
}

/** What the timeline says of the event, in a line of its own; null where it says nothing. */
export function noticeOf(event: RoomEvent): string | null {
  return isKnown(event) ? (kindOf(event).notice?.(event) ?? null) : null;
}

export function kindOf(event: KnownEvent): EventKind<Kind> {
  return kinds[event.type] as EventKind<Kind>;
}
