import type { ChatRoom, Role } from "@/shared/api/wire";

const ranks: Role[] = ["member", "moderator", "owner"];

/** The roles that `mine` may give to somebody who has `theirs`; none where there is nothing to choose. */
export function rolesToGive(mine: Role | null, theirs: Role): Role[] {
  if (!mayRemove(mine, theirs)) return [];
  return ranks.slice(0, ranks.indexOf(mine ?? "member") + 1).toReversed();
}

/** Those who lead a room may remove whoever does not rank above them. */
export function mayRemove(mine: Role | null, theirs: Role): boolean {
  return leads(mine) && ranks.indexOf(theirs) <= ranks.indexOf(mine ?? "member");
}

function leads(role: Role | null): boolean {
  return role === "owner" || role === "moderator";
}

/** A direct conversation has no one in charge. */
export function leadsIn(room: ChatRoom): boolean {
  return room.joined && room.kind !== "direct" && leads(room.role);
}
