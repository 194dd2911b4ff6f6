import { describe, expect, it } from "vitest";
import { aJoin, aMessageEvent, anUnknownEvent } from "@/testing/builders";
import { isRoomEvent } from "./events";

describe("what the server pushes", () => {
  it.each([aMessageEvent(5), aJoin(6), anUnknownEvent(7), anUnknownEvent(8, { type: "receive_message" })])(
    "is an event of a room, of whatever kind: $type",
    (event) => {
      expect(isRoomEvent(event)).toBe(true);
    },
  );

  it.each([
    ["typing", { room_id: 7, user: { id: 2 } }],
    ["a read mark", { room_id: 7, read_seq: 5, unread: 0 }],
    ["a presence", { user_id: 2, online: true, at: "2026-03-04T12:00:00.000Z" }],
    ["a beacon", { rooms: { "7": 12 } }],
    ["a list", [7, 12, "message"]],
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
  ])("is no event of a room: %s", (_which, payload) => {
    expect(isRoomEvent(payload)).toBe(false);
  });
});
