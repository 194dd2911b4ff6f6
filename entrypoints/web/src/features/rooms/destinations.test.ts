import { describe, expect, it } from "vitest";
import { roomState } from "@/shared/chat/room-state";
import { aRoom, bob, me } from "@/testing/builders";
import { destinations } from "./destinations";

const rooms = {
  7: roomState(aRoom({ id: 7, name: "Gärten" })),
  8: roomState(aRoom({ id: 8, name: "garage", unread: 2 })),
  9: roomState(aRoom({ id: 9, name: "Bob", kind: "direct", people: [{ ...bob, online: true }] })),
  10: roomState(aRoom({ id: 10, name: "garbage", joined: false })),
};

const names = (query: string, people = [{ ...bob, online: true }]) =>
  destinations(query, rooms, people, me.id).map(({ room, person }) => room?.name ?? person?.username);

describe("jumping", () => {
  it("finds rooms by a part of their name, unread ones first, accents aside", () => {
    expect(names("gar", [])).toEqual(["garage", "Gärten"]);
  });

  it("leads to the conversation with a person, where there is one", () => {
    expect(names("bob")).toEqual(["Bob"]);
  });

  it("offers people one has not talked to, and not oneself", () => {
    expect(names("car", [me, { id: 3, username: "carol", name: "Carol", online: false }])).toEqual(["carol"]);
  });
});
