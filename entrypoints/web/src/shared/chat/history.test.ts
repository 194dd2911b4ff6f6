import { beforeEach, describe, expect, it } from "vitest";
import type { EventsPage, KnownEvent, MessagesPage, RoomDetail, Seq } from "@/shared/api/wire";
import { RequestFailed } from "@/shared/api/problem";
import { aDetail, aJoin, aMessage, aMessageEvent, anUnknownEvent, aRoom, me } from "@/testing/builders";
import { ChatStore } from "./chat-store";
import { History } from "./history";

/** A room of 200 events: every tenth is a join, the others are messages. */
const log: KnownEvent[] = Array.from({ length: 200 }, (_, index) =>
  (index + 1) % 10 === 0 ? aJoin(index + 1) : aMessageEvent(index + 1),
);
const messages = log.flatMap((event) => (event.type === "message" ? [event.message] : []));

const api = {
  async room(id: number): Promise<RoomDetail> {
    return aDetail({ id, last_seq: 200, messages: messages.slice(-50), has_more_before: true });
  },
  async messages(id: number, where: { before?: Seq; after?: Seq; around?: Seq }): Promise<MessagesPage> {
    const { before = Infinity, after = 0, around } = where;
    const start = around === undefined ? null : messages.findIndex(({ seq }) => seq >= around) - 25;
    const found = messages.filter(({ seq }) => seq < before && seq > after);
    const page = start !== null ? found.slice(start, start + 50) : after ? found.slice(0, 50) : found.slice(-50);
    return {
      chat_room_id: id,
      messages: page,
      has_more_before: page[0] !== messages[0],
      has_more_after: page.at(-1) !== messages.at(-1),
    };
  },
  async events(_id: number, after: Seq): Promise<EventsPage> {
    const events = log.slice(after, after + 60);
    return { events, first_seq: 1, last_seq: 200, has_more: after + events.length < 200 };
  },
};

let store: ChatStore;
let history: History;
const window = () => store.room(7)?.window;
const quoted = (seq: Seq) => store.room(7)?.quoted[seq];
const seqs = () => window()?.entries.map(({ seq }) => seq) ?? [];
const range = (from: Seq, to: Seq) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

beforeEach(() => {
  store = new ChatStore();
  store.signIn(me);
  history = new History(store, api, () => {});
});

describe("a room's history", () => {
  it("opens at its end, with the joins between the messages", async () => {
    await history.open(7);
    expect(seqs()).toEqual(range(145, 200));
    expect(window()).toMatchObject({ hasBefore: true, hasAfter: false });
  });

  it("shows nothing of the events whose kind this version does not know", async () => {
    const events = async (id: number, after: Seq) => {
      const page = await api.events(id, after);
      return { ...page, events: page.events.map((event) => (event.seq % 10 ? event : anUnknownEvent(event.seq))) };
    };
    await new History(store, { ...api, events }, () => {}).open(7);
    expect(seqs()).toEqual(range(145, 200).filter((seq) => seq % 10 !== 0));
  });

  it("opens where reading stopped, when that is further back", async () => {
    store.listRooms([aRoom({ last_seq: 200, read_seq: 77, unread: 110 })]);
    const unread = { room: async () => aDetail({ ...(await api.room(7)), read_seq: 77, unread: 110 }) };
    await new History(store, { ...api, ...unread }, () => {}).open(7);
    expect(seqs()).toContain(78);
    expect(window()).toMatchObject({ hasAfter: true });
  });

  it("reaches the first event page by page, without a hole", async () => {
    await history.open(7);
    for (let pages = 0; window()?.hasBefore && pages < 10; pages++) await history.before(7);
    expect(seqs()).toEqual(range(1, 200));
  });

  it("opens around a message of long ago and goes on to the end", async () => {
    await history.openAt(7, 55);
    expect(window()).toMatchObject({ hasBefore: true, hasAfter: true });
    expect(seqs()).toContain(55);
    for (let pages = 0; window()?.hasAfter && pages < 10; pages++) await history.after(7);
    expect(seqs().at(-1)).toBe(200);
    expect(seqs().filter((seq) => seq % 10 !== 0)).toEqual(range(seqs()[0] ?? 0, 200).filter((seq) => seq % 10 !== 0));
  });

  it("goes straight back to the end", async () => {
    await history.openAt(7, 55);
    await history.newest(7);
    expect(window()).toMatchObject({ hasAfter: false });
    expect(seqs()).not.toContain(55);
  });

  it("does not fetch again what is open already", async () => {
    await history.open(7);
    store.receive(aMessageEvent(201, { content: "live" }));
    await history.open(7);
    expect(window()).toMatchObject({ hasAfter: false });
    expect(window()?.entries.at(-1)).toMatchObject({ message: aMessage(201, { content: "live" }) });
  });
});

const edited = (seq: Seq, content: string): KnownEvent => ({
  ...aMessageEvent(201),
  type: "message_edited",
  message: aMessage(seq, { content }),
});

const failing = async () => {
  throw new RequestFailed({ title: "", status: 503, detail: "", code: "", errors: [] });
};

describe("a message that is quoted", () => {
  beforeEach(() => store.listRooms([aRoom({ last_seq: 200 })]));

  it("is fetched however far away it is, once", async () => {
    let asked = 0;
    const counting = new History(
      store,
      { ...api, messages: (id, where) => (asked++, api.messages(id, where)) },
      () => {},
    );
    await Promise.all([counting.quote(7, 55), counting.quote(7, 55)]);
    await counting.quote(7, 55);
    expect([quoted(55), asked]).toEqual([aMessage(55), 1]);
  });

  it("changes with the message", async () => {
    await history.quote(7, 55);
    store.receive(edited(55, "better"));
    expect(quoted(55)).toMatchObject({ content: "better" });
  });

  it("is not overwritten by an answer that is older than what was told meanwhile", async () => {
    const asked = history.quote(7, 55);
    store.receive(edited(55, "better"));
    await asked;
    expect(quoted(55)).toMatchObject({ content: "better" });
  });

  it("is gone where the log begins later", async () => {
    await history.quote(7, 60);
    expect(quoted(60)).toBe("gone");
  });

  it("is asked for again where nobody answered", async () => {
    await new History(store, { ...api, messages: failing }, () => {}).quote(7, 55);
    expect(quoted(55)).toBe("failed");
    await history.quote(7, 55);
    expect(quoted(55)).toEqual(aMessage(55));
  });

  it("is forgotten where something may have happened to it unseen", async () => {
    await history.quote(7, 55);
    store.takeSnapshot(aDetail({ last_seq: 200 }));
    expect(quoted(55)).toEqual(aMessage(55));
    store.takeSnapshot(aDetail({ last_seq: 250 }));
    expect(quoted(55)).toBeUndefined();
  });
});
