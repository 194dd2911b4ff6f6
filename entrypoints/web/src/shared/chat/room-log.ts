import type { Id, KnownEvent, Member, Person, RoomEvent, Seq } from "@/shared/api/wire";
import { displayName } from "@/shared/ui/names";
import { isKnown } from "./events/kinds";
import type { RoomState } from "./room-state";
import { isNotice, keepNewest, messageEntry, withChangedMessage, withEntry } from "./timeline-window";
import { unreadCount, withMessage } from "./unread";

/** Who is looking: whose messages do not count as unread, and whether the room is being read right now. */
export interface Viewer {
  me: Id;
  reading: boolean;
}

const keptInBackground = 200;

/** The client rule: apply the next event, drop a known one, hold one that lies past a gap. */
export function receive(state: RoomState, event: RoomEvent, viewer: Viewer): RoomState {
  if (event.seq <= state.cursor) return noted(state, event);
  if (event.seq > state.cursor + 1) return noted(hold(state, event), event);
  return applyHeld(apply(state, event, viewer), viewer);
}

/** Events are missing: something was heard of that cannot be applied yet. */
export function isBehind(state: RoomState): boolean {
  return state.head > state.cursor;
}

export function heardOf(state: RoomState, seq: Seq): RoomState {
  return seq > state.head ? { ...state, head: seq } : state;
}

function noted(state: RoomState, event: RoomEvent): RoomState {
  return event.at > state.lastAt && isKnown(event) && event.type === "message" ? { ...state, lastAt: event.at } : state;
}

function hold(state: RoomState, event: RoomEvent): RoomState {
  if (state.held.some(({ seq }) => seq === event.seq)) return state;
  const held = [...state.held, event].toSorted((one, other) => one.seq - other.seq);
  return heardOf({ ...state, held }, event.seq);
}

function applyHeld(state: RoomState, viewer: Viewer): RoomState {
  let current = state;
  for (const event of state.held) if (event.seq === current.cursor + 1) current = apply(current, event, viewer);
  const held = current.held.filter(({ seq }) => seq > current.cursor);
  return held.length === current.held.length ? current : { ...current, held };
}

function apply(state: RoomState, event: RoomEvent, viewer: Viewer): RoomState {
  const room = { ...state.room, last_seq: event.seq };
  const advanced = heardOf(noted({ ...state, cursor: event.seq, room }, event), event.seq);
  return isKnown(event) ? withTimeline(withFactsOf(advanced, event, viewer), event, viewer) : advanced;
}

function withTimeline(state: RoomState, event: KnownEvent, viewer: Viewer): RoomState {
  const { window } = state;
  if (!window) return state;
  if (event.type === "message_edited" || event.type === "message_deleted")
    return { ...state, window: withChangedMessage(window, event.message) };
  const entry = isNotice(event) ? { seq: event.seq, notice: event } : messageEntry(event.message);
  const longer = withEntry(window, entry);
  return { ...state, window: viewer.reading ? longer : trimmed(longer) };
}

/** Bounds a room that fills up while nobody looks, without cutting what someone may have scrolled to. */
function trimmed(window: NonNullable<RoomState["window"]>): NonNullable<RoomState["window"]> {
  return window.entries.length > 5 * keptInBackground ? keepNewest(window, keptInBackground) : window;
}

function withFactsOf(state: RoomState, event: KnownEvent, viewer: Viewer): RoomState {
  switch (event.type) {
    case "message":
      return event.message.sender.id === viewer.me ? state : counted(state, event.seq, viewer);
    case "user_join":
      return withMembers(withPartner(state, event.user, viewer), 1, (members) => joined(members, event.user));
    case "user_left":
      return withMembers(state, -1, (members) => members.filter(({ id }) => id !== event.user.id));
    case "room_changed":
      return changed(state, event, viewer);
    default:
      return state;
  }
}

function counted(state: RoomState, seq: Seq, viewer: Viewer): RoomState {
  const unread = withMessage(state.unread, seq);
  const startsNewRun = !viewer.reading && unreadCount(state.unread) === 0 && unread !== state.unread;
  return { ...state, unread, divider: startsNewRun ? seq - 1 : state.divider };
}

/** A direct conversation is named after the others in it, who come in one by one when it begins. */
function withPartner(state: RoomState, user: Person, viewer: Viewer): RoomState {
  const { people, kind } = state.room;
  if (kind !== "direct" || user.id === viewer.me || people.some(({ id }) => id === user.id)) return state;
  const everybody = [...people, { online: false, ...user }];
  return { ...state, room: { ...state.room, people: everybody, name: everybody.map(displayName).join(", ") } };
}

function joined(members: Member[], user: Person): Member[] {
  if (members.some(({ id }) => id === user.id)) return members;
  return [...members, { online: false, role: "member", ...user } as Member];
}

function withMembers(state: RoomState, change: number, update: (members: Member[]) => Member[]): RoomState {
  const room = { ...state.room, member_count: Math.max(0, state.room.member_count + change) };
  return { ...state, room, members: state.members && update(state.members) };
}

function changed(state: RoomState, event: Extract<KnownEvent, { type: "room_changed" }>, viewer: Viewer): RoomState {
  const { member } = event;
  const room = {
    ...state.room,
    name: event.name ?? state.room.name,
    description: event.description ?? state.room.description,
    role: member && member.user.id === viewer.me ? member.role : state.room.role,
  };
  const members = member
    ? (state.members?.map((each) => (each.id === member.user.id ? { ...each, role: member.role } : each)) ?? null)
    : state.members;
  return { ...state, room, members };
}
