import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { KnownEvent } from "@/shared/api/wire";
import { aJoin, aMessageEvent, anUnknownEvent, ada, bob, timeOf } from "@/testing/builders";
import { kinds, noticeOf } from "./kinds";

const about = { room_id: 7, seq: 5, at: timeOf(5), actor: ada };
const left = (user: typeof bob): KnownEvent => ({ ...about, type: "user_left", user });
const promoted = (role: "owner" | "moderator"): KnownEvent => ({
  ...about,
  type: "room_changed",
  member: { user: bob, role },
});

describe("the kinds of events", () => {
  it("that the server describes have a row each", () => {
    const described = readFileSync(new URL("../../api/schema.ts", import.meta.url), "utf8");
    const named = [...described.matchAll(/^ +type: "(\w+)";$/gm)].map(([, kind]) => kind);
    expect(named).toContain("message");
    expect(Object.keys(kinds).toSorted()).toEqual(named.toSorted());
  });
});

describe("what the timeline says of an event", () => {
  it.each([
    ["Bob joined", aJoin(5)],
    ["Ada added Bob", { ...aJoin(5), actor: ada }],
    ["Ada left", left(ada)],
    ["Ada removed Bob", left(bob)],
    ["Bob is now an owner", promoted("owner")],
    ["Bob is now a moderator", promoted("moderator")],
    ["Ada changed the room’s details", { ...about, type: "room_changed", name: "orchard", description: "" }],
    [null, aMessageEvent(5)],
    [null, anUnknownEvent(5)],
    [null, anUnknownEvent(5, { type: "constructor" })],
  ] as [string | null, KnownEvent][])("%s", (text, event) => {
    expect(noticeOf(event)).toBe(text);
  });
});
