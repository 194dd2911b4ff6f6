import type { ChatRoom, Id, Seq } from "@/shared/api/wire";
import { type RoomState, roomState } from "./room-state";
import { keepNewest, type TimelineWindow } from "./timeline-window";
import type { Unread } from "./unread";

const keptEntries = 200;

/** What is kept of a room over a reload: its newest entries, and the cursor up to which they are whole. */
export interface SavedRoom {
  id: Id;
  /** Of which server's log it is; null where none was known. */
  epoch: string | null;
  room: ChatRoom;
  cursor: Seq;
  unread: Unread;
  lastAt: string;
  window: TimelineWindow | null;
}

export function savedRoom(state: RoomState, epoch: string | null): SavedRoom {
  const { room, cursor, unread, lastAt, window } = state;
  return { id: room.id, epoch, room, cursor, unread, lastAt, window: window && keepNewest(window, keptEntries) };
}

export function restoredRoom({ room, cursor, unread, lastAt, window }: SavedRoom): RoomState {
  return { ...roomState(room), cursor, head: cursor, unread, lastAt, window };
}
