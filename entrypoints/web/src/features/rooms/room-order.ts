import type { RoomState } from "@/shared/chat/room-state";

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/** Rooms by name, which stays put; direct conversations by who spoke last. */
export function inOrder(rooms: Record<number, RoomState>): { rooms: RoomState[]; directs: RoomState[] } {
  const joined = Object.values(rooms).filter(({ room }) => room.joined);
  return {
    rooms: joined
      .filter(({ room }) => room.kind !== "direct")
      .toSorted((one, other) => byName.compare(one.room.name, other.room.name)),
    directs: joined
      .filter(({ room }) => room.kind === "direct")
      .toSorted((one, other) => other.lastAt.localeCompare(one.lastAt)),
  };
}
