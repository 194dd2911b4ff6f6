import type { ChatRoom, Id, Seq } from "@/shared/api/wire";
import { kinds } from "./events/kinds";
import { type RoomState, roomState } from "./room-state";
import { keepNewest, type TimelineWindow } from "./timeline-window";
import type { Unread } from "./unread";

const keptEntries = 200;
const knownKinds = Object.keys(kinds).toSorted().join(" ");
/** To be raised when messages or rooms get fields that every one of them has to have. */
const shape = 2;

/** What is kept of a room over a reload: its newest entries, and the cursor up to which they are whole. */
export interface SavedRoom {
  id: Id;
  /** Of which server's log it is; null where none was known. */
  epoch: string | null;
  /** The kinds of events that the version knew which kept it: its cursor may have passed over others. */
  kinds: string;
  shape: number;
  room: ChatRoom;
  cursor: Seq;
  unread: Unread;
  lastAt: string;
  window: TimelineWindow | null;
}

export function savedRoom(state: RoomState, epoch: string | null): SavedRoom {
  const { room, cursor, unread, lastAt, window } = state;
  return {
    id: room.id,
    epoch,
    kinds: knownKinds,
    shape,
    room,
    cursor,
    unread,
    lastAt,
    window: window && keepNewest(window, keptEntries),
  };
}

/** Or else what it passed over would be missing for good, and so would what it did not know of messages. */
export function isOfThisVersion(saved: SavedRoom): boolean {
  return saved.kinds === knownKinds && saved.shape === shape;
}

export function restoredRoom({ room, cursor, unread, lastAt, window }: SavedRoom): RoomState {
  return { ...roomState(room), cursor, head: cursor, unread, lastAt, window };
}
