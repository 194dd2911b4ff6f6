import type { ChatRoom, OwnUser, Role } from "@/shared/api/wire";

const ranks: Role[] = ["member", "moderator", "owner"];

/** The role by which one acts in the room: an administrator of the server is at least a moderator of a public one. */
export function roleIn(room: ChatRoom, me: OwnUser | null | undefined): Role | null {
  return isAdministrated(room, me) && room.role !== "owner" ? "moderator" : room.role;
}

/** The roles that `mine` may give to somebody who has `theirs`; none where there is nothing to choose. */
export function rolesToGive(mine: Role | null, theirs: Role): Role[] {
  if (!mayRemove(mine, theirs)) return [];
  return ranks.slice(0, ranks.indexOf(mine ?? "member") + 1).toReversed();
}

/** Moderators and owners may remove members who do not rank above them. */
export function mayRemove(mine: Role | null, theirs: Role): boolean {
  return leads(mine) && ranks.indexOf(theirs) <= ranks.indexOf(mine ?? "member");
}

/** A direct conversation has no one in charge. */
export function leadsIn(room: ChatRoom, me: OwnUser | null | undefined): boolean {
  return room.kind !== "direct" && leads(roleIn(room, me));
}

/** Owners delete their room, and administrators of the server public ones; moderators none. */
export function mayDelete(room: ChatRoom, me: OwnUser | null | undefined): boolean {
  return room.kind !== "direct" && (room.role === "owner" || isAdministrated(room, me));
}

function leads(role: Role | null): boolean {
  return role === "owner" || role === "moderator";
}

function isAdministrated(room: ChatRoom, me: OwnUser | null | undefined): boolean {
  return room.kind === "public" && me?.role === "administrator";
}
