import type { ChatRoom, Member, RoomDetail, RoomEvent, Seq } from "@/shared/api/wire";
import { type TimelineWindow, messageEntry, type TimelineEntry, union, withNewestPage } from "./timeline-window";
import { type Unread, unreadAsOf } from "./unread";

/** All that the client knows of one room. `cursor` is the last event applied, `head` the last one heard of. */
export interface RoomState {
  room: ChatRoom;
  cursor: Seq;
  head: Seq;
  held: RoomEvent[];
  unread: Unread;
  /** The read mark under which the "New messages" line stands. */
  divider: Seq | null;
  lastAt: string;
  members: Member[] | null;
  membersNext: string | null;
  window: TimelineWindow | null;
}

export function roomState(room: ChatRoom): RoomState {
  return {
    room,
    cursor: room.last_seq,
    head: room.last_seq,
    held: [],
    unread: unreadAsOf(room.last_seq, room.read_seq, room.unread),
    divider: null,
    lastAt: room.created_at,
    members: null,
    membersNext: null,
    window: null,
  };
}

/** Starts from a snapshot, which is whole as of its last_seq; events past it are still to be synced. */
export function withSnapshot(
  known: RoomState | undefined,
  detail: RoomDetail,
  notices: TimelineEntry[] = [],
): RoomState {
  const { users, users_next, messages, has_more_before, ...room } = detail;
  const fresh = roomState(room);
  const page = union(messages.map(messageEntry), notices);
  return {
    ...fresh,
    head: Math.max(fresh.head, known?.head ?? 0),
    divider: known?.divider ?? null,
    lastAt: messages.at(-1)?.created_at ?? known?.lastAt ?? fresh.lastAt,
    members: users,
    membersNext: users_next,
    window: withNewestPage(known?.window ?? null, page, has_more_before),
  };
}

/** Takes over names, roles and counts. The log stays as it is: its cursor, what was loaded, and what is unread. */
export function withFacts(known: RoomState, room: ChatRoom): RoomState {
  const { users: _users, messages: _messages, ...facts } = room as Partial<RoomDetail> & ChatRoom;
  return { ...known, room: { ...known.room, ...facts }, head: Math.max(known.head, room.last_seq) };
}
