import type { ChatRoom, Id, User } from "@/shared/api/wire";
import type { RoomState } from "@/shared/chat/room-state";
import { unreadCount } from "@/shared/chat/unread";

export type Destination = { room: ChatRoom; person?: undefined } | { room?: undefined; person: User };

const shown = 8;

/** Rooms that match, unread and recent ones first, then people one has no conversation with yet. */
export function destinations(query: string, rooms: Record<Id, RoomState>, people: User[], me: Id): Destination[] {
  const wanted = folded(query);
  const matching = Object.values(rooms)
    .filter(({ room }) => room.joined && matches(room, wanted))
    .toSorted((one, other) => rank(other) - rank(one) || other.lastAt.localeCompare(one.lastAt));
  const reached = new Set(matching.flatMap(({ room }) => (room.people?.length === 1 ? room.people[0]?.id : [])));
  const strangers = people.filter(({ id }) => id !== me && !reached.has(id));
  return [...matching.map(({ room }) => ({ room })), ...strangers.map((person) => ({ person }))].slice(0, shown);
}

function matches(room: ChatRoom, wanted: string): boolean {
  const names = [room.name, ...room.people.map(({ username }) => username)];
  return names.some((name) => folded(name).includes(wanted));
}

function rank(state: RoomState): number {
  return unreadCount(state.unread) > 0 ? 1 : 0;
}

function folded(text: string): string {
  return text.trim().normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
