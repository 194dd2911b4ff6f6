import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Seq } from "@/shared/api/wire";
import { emptyStorage } from "@/testing/browser-storage";
import { aDetail, aMessage, aMessageEvent, anUnknownEvent, anUnsent, aRoom, me, timeOf } from "@/testing/builders";
import { ChatStore } from "./chat-store";
import { unsentIn } from "./outbox-item";
import { RoomCache } from "./room-cache";
import { unreadCount } from "./unread";
import { UserDatabase } from "./user-database";

/** A page of one's own: its store, and its view of what the browser keeps. */
function aPage(user = me) {
  const store = new ChatStore();
  store.signIn(user);
  return { store, cache: new RoomCache(store, new UserDatabase(user.id)) };
}

async function reloaded(user = me): Promise<ChatStore> {
  const { store, cache } = aPage(user);
  await cache.restore();
  return store;
}

function opened(store: ChatStore, seqs: Seq[], epoch = "first"): void {
  const last = seqs.at(-1) ?? 0;
  store.setEpoch(epoch);
  store.takeSnapshot(aDetail({ last_seq: last, read_seq: last, messages: seqs.map((seq) => aMessage(seq)) }));
}

const range = (from: Seq, to: Seq) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

beforeEach(emptyStorage);
afterEach(() => vi.unstubAllGlobals());

describe("what is kept of the rooms", () => {
  it("is shown again after a reload, and goes on at its cursor", async () => {
    const { store, cache } = aPage();
    opened(store, [1, 2]);
    store.receive(aMessageEvent(3));
    await cache.save();
    const after = await reloaded();
    expect(after.get()).toMatchObject({ roomsListed: true, epoch: "first" });
    expect(after.room(7)).toMatchObject({ cursor: 3, head: 3, room: { name: "garden" } });
    after.receive(aMessageEvent(4));
    expect(after.room(7)?.window?.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it("goes on behind an event whose kind it does not know", async () => {
    const { store, cache } = aPage();
    opened(store, [1, 2]);
    store.receive(anUnknownEvent(3));
    await cache.save();
    const after = await reloaded();
    expect(after.room(7)).toMatchObject({ cursor: 3, head: 3 });
    after.receive(aMessageEvent(4));
    expect(after.room(7)?.window?.entries.map(({ seq }) => seq)).toEqual([1, 2, 4]);
  });

  it("is written a moment after a change, unasked", async () => {
    const { store, cache } = aPage();
    cache.start();
    opened(store, [1, 2]);
    await vi.waitFor(async () => expect((await reloaded()).room(7)?.cursor).toBe(2), { timeout: 5_000 });
    cache.stop();
  });

  it("is bounded to the newest 200 entries of a room", async () => {
    const { store, cache } = aPage();
    opened(store, range(1, 250));
    await cache.save();
    const window = (await reloaded()).room(7)?.window;
    expect(window?.entries.map(({ seq }) => seq)).toEqual(range(51, 250));
    expect(window?.hasBefore).toBe(true);
  });

  it("is bounded to the 100 rooms that spoke last; others make way", async () => {
    const { store, cache } = aPage();
    store.listRooms(range(1, 100).map((id) => aRoom({ id, created_at: timeOf(id) })));
    await cache.save();
    store.addRoom(aRoom({ id: 200, created_at: timeOf(200) }));
    await cache.save();
    const kept = Object.keys((await reloaded()).get().rooms).map(Number);
    expect(kept).toHaveLength(100);
    expect(kept).toContain(200);
    expect(kept).not.toContain(1);
  });

  it("forgets a room that one has left", async () => {
    const { store, cache } = aPage();
    opened(store, [1]);
    await cache.save();
    store.removeRoom(7);
    await cache.save();
    expect((await reloaded()).get().rooms).toEqual({});
  });

  it("stays the newest page while one reads far back", async () => {
    const { store, cache } = aPage();
    opened(store, [8, 9]);
    await cache.save();
    store.setWindow(7, () => ({ entries: [], hasBefore: true, hasAfter: true }));
    store.receive(aMessageEvent(10));
    await cache.save();
    const room = (await reloaded()).room(7);
    expect(room?.cursor).toBe(9);
    expect(room?.window?.entries.map(({ seq }) => seq)).toEqual([8, 9]);
  });

  it.each([
    ["knew other kinds of events, whose cursor passed over some", { kinds: "message" }],
    ["knew less of messages and rooms", { shape: 1 }],
  ])("is dropped where it is of a version that %s", async (_, other) => {
    const { store, cache } = aPage();
    opened(store, [1]);
    await cache.save();
    const database = new UserDatabase(me.id);
    await database.run(async (connection) => {
      const [saved] = await connection.getAll("rooms");
      if (saved) await connection.put("rooms", { ...saved, ...other });
    });
    expect((await reloaded()).get()).toMatchObject({ rooms: {}, epoch: null });
    expect(await database.run((connection) => connection.count("rooms"))).toBe(0);
  });

  it("is no other user's", async () => {
    const { store, cache } = aPage();
    opened(store, [1]);
    await cache.save();
    expect((await reloaded({ ...me, id: 99 })).get().rooms).toEqual({});
  });

  it("is dropped where it is of two epochs, as when two tabs wrote around a restored backup", async () => {
    const [one, two] = [aPage(), aPage()];
    opened(one.store, [1]);
    two.store.setEpoch("second");
    two.store.listRooms([aRoom({ id: 8 })]);
    await one.cache.save();
    await two.cache.save();
    expect((await reloaded()).get()).toMatchObject({ rooms: {}, epoch: null });
  });

  it("takes the server's count of what is unread, and counts nothing twice that is synced after it", async () => {
    const { store, cache } = aPage();
    opened(store, [1, 2]);
    await cache.save();
    const after = await reloaded();
    after.listRooms([aRoom({ last_seq: 5, read_seq: 2, unread: 3 })]);
    for (const seq of [3, 4, 5, 6]) after.receive(aMessageEvent(seq));
    const { unread } = after.room(7) ?? {};
    expect(unread && unreadCount(unread)).toBe(4);
  });
});

describe("another epoch", () => {
  it("forgets cursors, messages and acknowledgements, and keeps what waits to be sent", () => {
    const { store } = aPage();
    opened(store, range(1, 9));
    store.setOutbox([anUnsent("waiting"), anUnsent("acknowledged", { clientId: "c2", accepted: aMessage(10) })]);
    store.startOver([aRoom({ last_seq: 4 })], "second");
    expect(store.room(7)).toMatchObject({ cursor: 4, head: 4, window: null, members: null });
    expect(store.get().epoch).toBe("second");
    expect(store.get().outbox.map(({ content }) => content)).toEqual(["waiting"]);
  });
});

describe("what is unsent in a room", () => {
  const [waiting, sent] = [anUnsent("one"), anUnsent("two", { clientId: "c2", accepted: aMessage(2) })];

  it("does not show twice what the log shows already", () => {
    const { store } = aPage();
    opened(store, [1]);
    const before = store.room(7);
    expect(before && unsentIn(before, [waiting, sent, anUnsent("elsewhere", { roomId: 8 })])).toEqual([waiting, sent]);
    store.receive(aMessageEvent(2, { sender: me, client_id: "c1" }));
    const after = store.room(7);
    expect(after && unsentIn(after, [waiting, sent])).toEqual([]);
  });
});
