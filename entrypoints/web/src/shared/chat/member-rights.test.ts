import { describe, expect, it } from "vitest";
import { mayRemove, rolesToGive } from "./member-rights";

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
