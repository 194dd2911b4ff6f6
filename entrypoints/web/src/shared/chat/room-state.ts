import type { ChatRoom, Id, Member, Message, RoomDetail, RoomEvent, Seq } from "@/shared/api/wire";
import {
  keepNewest,
  messageEntry,
  type TimelineEntry,
  type TimelineWindow,
  union,
  withChangedMessage,
  withEntry,
  withNewestPage,
} from "./timeline-window";
import { type Unread, unreadAsOf, unreadCount } from "./unread";

const keptInBackground = 200;

/** All that the client knows of one room. `cursor` is the last event applied, `head` the last one heard of. */
export interface RoomState {
  room: ChatRoom;
  cursor: Seq;
  head: Seq;
  held: RoomEvent[];
  unread: Unread;
  /** The place after which the "New messages" line stands. */
  divider: Seq | null;
  lastAt: string;
  members: Member[] | null;
  membersNext: string | null;
  window: TimelineWindow | null;
  /** By their place, the messages that are answered here and that the window may not show. */
  quoted: Record<Seq, Quoted>;
}

/** A message that is quoted, as it is now; or why there is none: it is asked for, it is gone, or nobody answered. */
export type Quoted = Message | "loading" | "gone" | "failed";

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
    quoted: {},
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
  const stays = known && showsAllAfter(known, page, fresh.cursor) ? known : null;
  return {
    ...fresh,
    head: Math.max(fresh.head, known?.head ?? 0),
    divider: known?.divider ?? null,
    lastAt: messages.at(-1)?.created_at ?? known?.lastAt ?? fresh.lastAt,
    members: users,
    membersNext: users_next,
    window: withNewestPage(stays?.window ?? null, page, has_more_before),
    quoted: stays?.quoted ?? {},
  };
}

/** Otherwise something happened meanwhile that the page does not show, such as an edit of a message before it. */
function showsAllAfter({ cursor }: RoomState, page: TimelineEntry[], to: Seq): boolean {
  const shown = new Set(page.map(({ seq }) => seq));
  for (let seq = cursor + 1; seq <= to; seq++) if (!shown.has(seq)) return false;
  return true;
}

/** The timeline with the next entry. While nobody looks it is bounded, without cutting what is scrolled to. */
export function withEntryShown(state: RoomState, entry: TimelineEntry, isRead: boolean): RoomState {
  if (!state.window) return state;
  const longer = withEntry(state.window, entry);
  const isLong = !isRead && longer.entries.length > 5 * keptInBackground;
  return { ...state, window: isLong ? keepNewest(longer, keptInBackground) : longer };
}

export function withMessageChanged(state: RoomState, message: Message): RoomState {
  const changed = { ...state, window: state.window && withChangedMessage(state.window, message) };
  return message.seq in state.quoted ? withQuoted(changed, message.seq, message) : changed;
}

export function withQuoted(state: RoomState, seq: Seq, quoted: Quoted): RoomState {
  return { ...state, quoted: { ...state.quoted, [seq]: quoted } };
}

/** Takes over names, roles and counts. The log stays as it is: its cursor, what was loaded, and what is unread. */
export function withFacts(known: RoomState, room: ChatRoom): RoomState {
  const { users: _users, messages: _messages, ...facts } = room as Partial<RoomDetail> & ChatRoom;
  return { ...known, room: { ...known.room, ...facts }, head: Math.max(known.head, room.last_seq) };
}

/** What the server counts as unread when it lists its rooms holds too, unless one has read on since. */
export function withListing(known: RoomState, room: ChatRoom): RoomState {
  const state = withFacts(known, room);
  const { readSeq, baseSeq, later } = known.unread;
  if (room.last_seq < baseSeq || room.read_seq < readSeq) return state;
  const listed = unreadAsOf(room.last_seq, room.read_seq, room.unread);
  return { ...state, unread: { ...listed, later: later.filter((seq) => seq > room.last_seq) } };
}

/** The unread messages that the timeline shows; all of them, unless some lie before it or after it. */
function unreadShown(state: RoomState, me: Id): TimelineEntry[] {
  const isUnread = (entry: TimelineEntry) =>
    "message" in entry && entry.seq > state.unread.readSeq && entry.message.sender.id !== me;
  return state.window?.entries.filter(isUnread) ?? [];
}

export function showsAllUnread(state: RoomState, me: Id): boolean {
  return unreadShown(state, me).length >= unreadCount(state.unread);
}

/** The place after which the "New messages" line stands; null when there is nothing new. */
export function newMessagesAfter(state: RoomState, me: Id): Seq | null {
  const count = unreadCount(state.unread);
  if (count === 0) return null;
  const first = showsAllUnread(state, me) ? unreadShown(state, me).at(-count) : undefined;
  return first ? first.seq - 1 : state.unread.readSeq;
}
