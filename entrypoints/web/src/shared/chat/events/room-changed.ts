import type { Role } from "@/shared/api/wire";
import { displayName } from "@/shared/ui/names";
import type { EventKind } from "./kind";

/** Another name or description, or another role of a member. */
export const roomChanged: EventKind<"room_changed"> = {
  reduce(state, { name, description, member }, viewer) {
    const room = {
      ...state.room,
      name: name ?? state.room.name,
      description: description ?? state.room.description,
      role: member && member.user.id === viewer.me ? member.role : state.room.role,
    };
    const members = member
      ? (state.members?.map((each) => (each.id === member.user.id ? { ...each, role: member.role } : each)) ?? null)
      : state.members;
    return { ...state, room, members };
  },
  notice({ actor, member }) {
    if (member) return `${displayName(member.user)} is now ${withArticle(member.role)}`;
    return `${displayName(actor)} changed the room’s details`;
  },
};

function withArticle(role: Role): string {
  return role === "owner" ? "an owner" : `a ${role}`;
}
