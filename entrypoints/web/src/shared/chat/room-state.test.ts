import { describe, expect, it } from "vitest";
import { aMessageEvent, aRoom, me } from "@/testing/builders";
import { ChatStore } from "./chat-store";
import { unreadCount } from "./unread";

/** Two messages were unread when the room was listed first, and a third came later. */
function aStore(): ChatStore {
  const store = new ChatStore();
  store.signIn(me);
  store.listRooms([aRoom({ last_seq: 4, read_seq: 2, unread: 2 })]);
  store.receive(aMessageEvent(5));
  return store;
}

function unread(store: ChatStore): number | undefined {
  const state = store.room(7);
  return state && unreadCount(state.unread);
}

function unreadAfter(store: ChatStore, listed: Parameters<typeof aRoom>[0]): number | undefined {
  store.listRooms([aRoom(listed)]);
  return unread(store);
}

describe("rooms that are listed again", () => {
  it("have as many unread messages as are left by another device that read on", () => {
    const store = aStore();
    expect(unreadAfter(store, { last_seq: 5, read_seq: 5, unread: 0 })).toBe(0);
    expect(store.room(7)?.unread.readSeq).toBe(5);
  });

  it("count what came after the listing too", () => {
    const store = aStore();
    store.receive(aMessageEvent(6));
    expect(unreadAfter(store, { last_seq: 5, read_seq: 5, unread: 0 })).toBe(1);
  });

  it("count what is still to come once", () => {
    const store = aStore();
    expect(unreadAfter(store, { last_seq: 7, read_seq: 5, unread: 2 })).toBe(2);
    for (const seq of [6, 7, 8]) store.receive(aMessageEvent(seq));
    expect(unread(store)).toBe(3);
  });

  it("do not bring back what was read here since", () => {
    const store = aStore();
    store.readUpTo(7, 5);
    expect(unreadAfter(store, { last_seq: 5, read_seq: 2, unread: 3 })).toBe(0);
  });

  it("do not take the place of a newer count", () => {
    const store = aStore();
    store.listRooms([aRoom({ last_seq: 5, read_seq: 4, unread: 1 })]);
    expect(unreadAfter(store, { last_seq: 4, read_seq: 4, unread: 0 })).toBe(1);
  });
});
