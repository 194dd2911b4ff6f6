import { displayName } from "@/shared/ui/names";
import type { EventKind } from "./kind";
import { withMembers } from "./members";

export const userLeft: EventKind<"user_left"> = {
  reduce: (state, { user }) => withMembers(state, -1, (members) => members.filter(({ id }) => id !== user.id)),
  notice({ actor, user }) {
    const who = displayName(actor);
    return actor.id === user.id ? `${who} left` : `${who} removed ${displayName(user)}`;
  },
};
