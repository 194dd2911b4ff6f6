import type { Member } from "@/shared/api/wire";
import type { RoomState } from "../room-state";

/** The room with so many members more or less, and with the list of them changed where it is known. */
export function withMembers(state: RoomState, change: number, update: (members: Member[]) => Member[]): RoomState {
  const room = { ...state.room, member_count: Math.max(0, state.room.member_count + change) };
  return { ...state, room, members: state.members && update(state.members) };
}
