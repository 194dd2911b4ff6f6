import type { Member, Person } from "@/shared/api/wire";
import { displayName } from "@/shared/ui/names";
import type { RoomState } from "../room-state";
import type { EventKind, Viewer } from "./kind";
import { withMembers } from "./members";

export const userJoin: EventKind<"user_join"> = {
  reduce: (state, { user }, viewer) =>
    withMembers(withPartner(state, user, viewer), 1, (members) => joined(members, user)),
  notice({ actor, user }) {
    const who = displayName(actor);
    return actor.id === user.id ? `${who} joined` : `${who} added ${displayName(user)}`;
  },
};

/** A direct conversation is named after the others in it, who come in one by one when it begins. */
function withPartner(state: RoomState, user: Person, viewer: Viewer): RoomState {
  const { people, kind } = state.room;
  if (kind !== "direct" || user.id === viewer.me || people.some(({ id }) => id === user.id)) return state;
  const everybody = [...people, { online: false, ...user }];
  return { ...state, room: { ...state.room, people: everybody, name: everybody.map(displayName).join(", ") } };
}

function joined(members: Member[], user: Person): Member[] {
  if (members.some(({ id }) => id === user.id)) return members;
  return [...members, { online: false, role: "member", ...user }];
}
