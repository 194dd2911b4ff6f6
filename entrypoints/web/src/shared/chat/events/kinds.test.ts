import { describe, expect, it } from "vitest";
import type { KnownEvent } from "@/shared/api/wire";
import { aJoin, aMessageEvent, anUnknownEvent, ada, bob, timeOf } from "@/testing/builders";
import { noticeOf } from "./kinds";

const about = { room_id: 7, seq: 5, at: timeOf(5), actor: ada };
const left = (user: typeof bob): KnownEvent => ({ ...about, type: "user_left", user });
const promoted = (role: "owner" | "moderator"): KnownEvent => ({
  ...about,
  type: "room_changed",
  member: { user: bob, role },
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
    [null, anUnknownEvent(5, { type: "user_left" })],
    [null, anUnknownEvent(5, { type: "constructor" })],
  ] as [string | null, KnownEvent][])("%s", (text, event) => {
    expect(noticeOf(event)).toBe(text);
  });
});
