import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EventsPage, RoomDetail, RoomEvent, Seq } from "@/shared/api/wire";
import { aDetail, aMessage, aMessageEvent, anUnknownEvent, aRoom, me, timeOf } from "@/testing/builders";
import { FakeConnection } from "@/testing/fake-connection";
import { ChatStore } from "./chat-store";
import { RoomSync } from "./room-sync";

/** A server with one room, whose log is as long as `head` says. */
function aServer(head: Seq, pageSize = 100, first = 1) {
  const log: RoomEvent[] = Array.from({ length: head }, (_, index) => aMessageEvent(index + 1));
  const fetched: number[] = [];
  const answer = (after: Seq): EventsPage => {
    const from = Math.max(after, first - 1);
    const events = log.slice(from, from + pageSize);
    return { events, first_seq: first, last_seq: log.length, has_more: from + events.length < log.length };
  };
  const connection = new FakeConnection({
    sync: ({ rooms }) => ({
      rooms: Object.fromEntries(Object.entries(rooms).map(([id, seq]) => [id, answer(seq)])),
      joined: [],
      gone: [],
      epoch: "first",
    }),
  });
  const room = async (id: number): Promise<RoomDetail> => {
    fetched.push(id);
    const messages = log.slice(-50).map(({ seq }) => aMessage(seq));
    return aDetail({ id, last_seq: log.length, messages, has_more_before: true });
  };
  return { log, connection, fetched, api: { room } };
}

const isOther = (epoch: string) => epoch !== "first";

function aClient(server: ReturnType<typeof aServer>, cursor: Seq) {
  const store = new ChatStore();
  store.signIn(me);
  store.listRooms([aRoom({ last_seq: cursor, read_seq: cursor })]);
  const applied: RoomEvent[] = [];
  const onEvent = (event: RoomEvent) => applied.push(event);
  return { store, applied, sync: new RoomSync(store, server.connection, server.api, onEvent, isOther) };
}

/** A server that says which rooms one is in, and a client that is online and knows room 7. */
function aMember(memberships: number[]) {
  const connection = new FakeConnection({
    sync: ({ rooms }) => {
      const asked = Object.keys(rooms).map(Number);
      const joined = memberships.filter((id) => !asked.includes(id)).map((id) => aRoom({ id, last_seq: 3 }));
      return { rooms: {}, joined, gone: asked.filter((id) => !memberships.includes(id)), epoch: "first" };
    },
  });
  const client = aClient({ ...aServer(0), connection }, 0);
  client.store.setConnection("online");
  return { ...client, connection, syncs: () => connection.payloads("sync").length };
}

describe("catching up", () => {
  it("fetches what a gap hides and applies each event once, in order", async () => {
    const server = aServer(6);
    const { store, sync } = aClient(server, 2);
    sync.receive(aMessageEvent(6));
    await vi.waitFor(() => expect(store.room(7)?.cursor).toBe(6));
    expect(store.room(7)?.held).toEqual([]);
    expect(store.room(7)?.unread.later).toEqual([3, 4, 5, 6]);
  });

  it("passes over what it does not know, pushed or fetched, and goes on", async () => {
    const server = aServer(6);
    server.log[3] = anUnknownEvent(4);
    const { store, sync, applied } = aClient(server, 2);
    sync.receive(anUnknownEvent(7));
    server.log.push(anUnknownEvent(7));
    await vi.waitFor(() => expect(store.room(7)).toMatchObject({ cursor: 7, head: 7, held: [] }));
    expect(store.room(7)?.unread.later).toEqual([3, 5, 6]);
    expect(applied.filter(({ type }) => type !== "message")).toEqual([]);
    expect(store.room(7)?.lastAt).toBe(timeOf(6));
  });

  it("heals the loss of the last message by the beacon of heads", async () => {
    const server = aServer(3);
    const { store, sync } = aClient(server, 2);
    sync.heads({ "7": 3, "99": 12 });
    await vi.waitFor(() => expect(store.room(7)?.cursor).toBe(3));
  });

  it("asks nothing for a beacon that tells nothing new", () => {
    const server = aServer(3);
    aClient(server, 3).sync.heads({ "7": 3 });
    expect(server.connection.asked).toEqual([]);
  });

  it("asks again for what was heard of while the answer was on its way", async () => {
    const server = aServer(3);
    const { store, sync } = aClient(server, 3);
    const running = sync.run();
    for (const seq of [4, 5]) server.log.push(aMessageEvent(seq));
    await Promise.resolve();
    sync.receive(aMessageEvent(5));
    await running;
    await vi.waitFor(() => expect(store.room(7)?.cursor).toBe(5));
    expect(server.fetched).toEqual([]);
  });

  it("goes on for as long as there is more", async () => {
    const server = aServer(450);
    const { store, sync } = aClient(server, 100);
    await sync.run();
    expect(store.room(7)?.cursor).toBe(450);
    expect(server.connection.payloads("sync").length).toBeGreaterThan(3);
  });

  it("loads a fresh page when more than a thousand events are missing", async () => {
    const server = aServer(5_000);
    const { store, sync } = aClient(server, 100);
    await sync.run();
    expect(server.fetched).toEqual([7]);
    expect(store.room(7)?.cursor).toBe(5_000);
    expect(server.connection.payloads("sync")).toHaveLength(1);
  });

  it("starts afresh when the server's log is shorter, as after a restored backup", async () => {
    const server = aServer(4);
    const { store, sync } = aClient(server, 9);
    await sync.run();
    expect(store.room(7)?.cursor).toBe(4);
    expect(store.room(7)?.head).toBe(4);
  });

  it("goes on where the log begins, when that is after what it knows", async () => {
    const server = aServer(9, 100, 6);
    const { store, sync } = aClient(server, 2);
    await sync.run();
    expect(store.room(7)).toMatchObject({ cursor: 9, head: 9, held: [] });
    sync.receive(aMessageEvent(10));
    expect(store.room(7)?.cursor).toBe(10);
    expect(server.connection.payloads("sync")).toHaveLength(1);
  });

  it.each([5, 7])("catches up as ever with a log that begins after 1, knowing it up to %i", async (cursor) => {
    const server = aServer(9, 100, 6);
    const { store, sync } = aClient(server, cursor);
    await sync.run();
    expect([store.room(7)?.cursor, server.fetched]).toEqual([9, []]);
  });

  it("applies nothing of another epoch", async () => {
    const connection = new FakeConnection({
      sync: () => ({
        rooms: { 7: { events: [aMessageEvent(3)], last_seq: 3, has_more: false } },
        joined: [],
        gone: [7],
        epoch: "second",
      }),
    });
    const { store, applied, sync } = aClient({ ...aServer(2), connection }, 2);
    await sync.run();
    expect(store.room(7)?.cursor).toBe(2);
    expect(applied).toEqual([]);
  });

  it("takes rooms in and out as the server says", async () => {
    const connection = new FakeConnection({
      sync: () => ({ rooms: {}, joined: [aRoom({ id: 8, name: "orchard" })], gone: [7], epoch: "first" }),
    });
    const { store } = aClient(aServer(0), 0);
    const { api } = aServer(0);
    await new RoomSync(
      store,
      connection,
      api,
      () => {},
      () => false,
    ).run();
    expect(Object.keys(store.get().rooms)).toEqual(["8"]);
  });

  it("asks again when a room is added or removed while an answer is on its way", async () => {
    const memberships = [8];
    const connection = new FakeConnection({
      sync: ({ rooms }) => {
        const asked = Object.keys(rooms).map(Number);
        const joined = memberships.filter((id) => !asked.includes(id)).map((id) => aRoom({ id }));
        return { rooms: {}, joined, gone: asked.filter((id) => !memberships.includes(id)), epoch: "first" };
      },
    });
    const { store, sync } = aClient({ ...aServer(0), connection }, 0);
    const running = sync.run();
    memberships.splice(0, 1, 7);
    sync.removed(8);
    sync.added(aRoom({ id: 7 }));
    await running;
    expect(Object.keys(store.get().rooms)).toEqual(["7"]);
    expect(connection.payloads("sync")).toHaveLength(2);
  });

  it("asks nothing when a room is added or removed while no answer is awaited", () => {
    const server = aServer(0);
    const { store, sync } = aClient(server, 0);
    sync.added(aRoom({ id: 8 }));
    sync.removed(7);
    expect(Object.keys(store.get().rooms)).toEqual(["8"]);
    expect(server.connection.asked).toEqual([]);
  });

  it("learns at first when each room last spoke, without counting it again", async () => {
    const server = aServer(5);
    const { store, sync } = aClient(server, 5);
    await sync.run();
    expect(server.connection.payloads("sync")).toEqual([{ rooms: { 7: 4 } }]);
    expect(store.room(7)?.lastAt).toBe(server.log[4]?.at);
    expect(store.room(7)?.unread.later).toEqual([]);
  });

  it("asks nothing without a connection", async () => {
    const server = aServer(5);
    const { sync } = aClient(server, 2);
    server.connection.connected = false;
    await sync.run();
    expect(server.connection.asked).toEqual([]);
  });
});

describe("a room that is not known", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["an event", (sync: RoomSync) => sync.receive(aMessageEvent(3, { room_id: 8 }))],
    ["a head", (sync: RoomSync) => sync.heads({ "8": 3 })],
  ])("is asked for when %s of it comes", async (_name, come) => {
    const { store, sync, syncs } = aMember([7, 8]);
    come(sync);
    await vi.advanceTimersByTimeAsync(0);
    expect(Object.keys(store.get().rooms)).toEqual(["7", "8"]);
    expect(syncs()).toBe(1);
  });

  it("is asked for when it is shown to somebody who was not in it", async () => {
    const { store, sync } = aMember([7, 8]);
    store.takeFacts(aRoom({ id: 8, joined: false }));
    sync.heads({ "8": 3 });
    await vi.advanceTimersByTimeAsync(0);
    expect(store.room(8)?.room.joined).toBe(true);
  });

  it("comes back after a leaving that was told too late", async () => {
    const { store, sync } = aMember([7]);
    sync.added(aRoom({ id: 7, last_seq: 4 }));
    sync.removed(7);
    sync.receive(aMessageEvent(5));
    await vi.advanceTimersByTimeAsync(0);
    expect(Object.keys(store.get().rooms)).toEqual(["7"]);
  });

  it("that one was just removed from is asked for once, and a head more of it costs one question more", async () => {
    const { sync, syncs } = aMember([]);
    sync.removed(7);
    sync.heads({ "7": 3 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(syncs()).toBe(1);
    sync.heads({ "7": 3 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(syncs()).toBe(2);
  });

  it("that speaks all the time is asked for every other second at most, and after it spoke last", async () => {
    const { sync, syncs } = aMember([7]);
    for (let seq = 1; seq <= 100; seq++) {
      sync.receive(aMessageEvent(seq, { room_id: 8 }));
      await vi.advanceTimersByTimeAsync(95);
    }
    expect(syncs()).toBe(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(syncs()).toBe(6);
  });

  it("is asked for again when it spoke while an answer was on its way that knew nothing of it yet", async () => {
    const memberships = [7];
    const { store, sync } = aMember(memberships);
    sync.heads({ "9": 1 });
    memberships.push(8);
    sync.heads({ "8": 3 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(Object.keys(store.get().rooms)).toEqual(["7", "8"]);
  });

  it("is not asked for before it is known who is signed in", async () => {
    const { store, sync, syncs } = aMember([7, 8]);
    store.setConnection("offline");
    sync.heads({ "8": 3 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(syncs()).toBe(0);
  });

  it("is not asked for any more when the session is over", async () => {
    const { sync, syncs } = aMember([7]);
    sync.heads({ "8": 3 });
    sync.heads({ "8": 3 });
    sync.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(syncs()).toBe(1);
  });
});
