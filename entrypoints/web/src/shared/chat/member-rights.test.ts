import { describe, expect, it } from "vitest";
import { aRoom, me } from "@/testing/builders";
import { leadsIn, mayDelete, mayRemove, roleIn, rolesToGive } from "./member-rights";

const admin = { ...me, role: "administrator" as const };
const kinds = ["public", "private", "direct"] as const;
const roles = [null, "member", "moderator", "owner"] as const;

describe("what may be done with a member", () => {
  it("is nothing for members and for outsiders", () => {
    expect(rolesToGive("member", "member")).toEqual([]);
    expect(mayRemove("member", "member")).toBe(false);
    expect(mayRemove(null, "member")).toBe(false);
  });

  it("ends at one's own role", () => {
    expect(rolesToGive("moderator", "member")).toEqual(["moderator", "member"]);
    expect(rolesToGive("owner", "member")).toEqual(["owner", "moderator", "member"]);
  });

  it("is nothing with those who rank above", () => {
    expect(rolesToGive("moderator", "owner")).toEqual([]);
    expect(mayRemove("moderator", "owner")).toBe(false);
  });
});

describe("the role by which one acts in a room", () => {
  it("is one's own", () => {
    for (const kind of kinds) {
      expect(roles.map((role) => roleIn(aRoom({ kind, role }), me))).toEqual(roles);
    }
    expect(roleIn(aRoom({ role: "owner" }), null)).toBe("owner");
  });

  it("is at least that of a moderator for an administrator, in public rooms only", () => {
    const [inPublic, inPrivate] = [kinds[0], kinds[1]].map((kind) =>
      roles.map((role) => roleIn(aRoom({ kind, role }), admin)),
    );
    expect(inPublic).toEqual(["moderator", "moderator", "moderator", "owner"]);
    expect(inPrivate).toEqual(roles);
  });
});

describe("who is in charge of a room", () => {
  it("are its moderators and owners, and administrators of a public one, but nobody of a direct conversation", () => {
    const charge = (who: typeof me) =>
      kinds.map((kind) => roles.filter((role) => leadsIn(aRoom({ kind, role, joined: role !== null }), who)));
    expect(charge(me)).toEqual([["moderator", "owner"], ["moderator", "owner"], []]);
    expect(charge(admin)).toEqual([roles, ["moderator", "owner"], []]);
  });
});

describe("who may delete a room", () => {
  it("are its owners and not its moderators, and administrators a public one", () => {
    const deleting = (who: typeof me) =>
      kinds.map((kind) => roles.filter((role) => mayDelete(aRoom({ kind, role, joined: role !== null }), who)));
    expect(deleting(me)).toEqual([["owner"], ["owner"], []]);
    expect(deleting(admin)).toEqual([roles, ["owner"], []]);
  });
});
