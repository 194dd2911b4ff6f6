import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientEvents } from "@/shared/api/events";
import type { Message } from "@/shared/api/wire";
import { emptyStorage, settle, useFakeClock } from "@/testing/browser-storage";
import { aMessage, aMessageEvent, aRoom, me } from "@/testing/builders";
import { FakeConnection, refusal } from "@/testing/fake-connection";
import { FakeLocks } from "@/testing/fake-locks";
import { ChatStore } from "./chat-store";
import { Outbox } from "./outbox";
import { OutboxStorage } from "./outbox-storage";
import { Tabs } from "./tabs";
import { UserDatabase } from "./user-database";

type Send = ClientEvents["send_message"]["payload"];

let server: (send: Send) => unknown;
let locks: FakeLocks;
let tabs: Tab[];

/** A tab of one user's: its own store and connection, and the browser's storage. */
class Tab {
  readonly store = new ChatStore();
  readonly connection = new FakeConnection({ send_message: (send) => server(send) });
  readonly outbox: Outbox;
  private readonly database: UserDatabase;
  private readonly shared: Tabs;

  constructor({ connected = true, user = me, withLocks = true } = {}) {
    this.store.signIn(user);
    this.store.listRooms([aRoom(), aRoom({ id: 8 })]);
    this.setConnected(connected);
    this.database = new UserDatabase(user.id);
    this.shared = new Tabs(user.id, withLocks ? (locks as unknown as LockManager) : undefined);
    this.outbox = new Outbox(this.store, this.connection, new OutboxStorage(this.database), this.shared, () => {});
    this.shared.onNews = (news) => news !== "loggedOut" && this.outbox.heard(news);
    tabs.push(this);
  }

  get items() {
    return this.store.get().outbox;
  }

  get sent() {
    return this.connection.payloads("send_message");
  }

  write(content: string, room = 7, replyTo: number | null = null): void {
    this.outbox.add(room, content, replyTo);
  }

  setConnected(connected: boolean): void {
    this.connection.connected = connected;
    this.store.setConnection(connected ? "online" : "offline");
  }

  goOnline(): void {
    this.setConnected(true);
    this.outbox.resume();
  }

  /** Closed or crashed: nothing of it runs on, and the browser lets go of its locks. */
  end(): void {
    this.setConnected(false);
    this.outbox.close();
    this.shared.close();
    for (const name of locks.held()) locks.release(name);
    void this.database.close();
  }
}

function accepted(send: Send, seq: number): { message: Message } {
  return { message: aMessage(seq, { sender: me, content: send.message, client_id: send.client_id }) };
}

function refuseWith(...refused: Parameters<typeof refusal>): void {
  server = () => {
    throw refusal(...refused);
  };
}

const words = (sends: Send[]) => sends.map(({ message }) => message);

beforeEach(() => {
  useFakeClock();
  emptyStorage();
  locks = new FakeLocks();
  tabs = [];
  let seq = 0;
  server = (send) => accepted(send, ++seq);
});

afterEach(() => {
  for (const tab of tabs) tab.end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the outbox", () => {
  it("shows a message at once and keeps it until its event has come round", async () => {
    const tab = new Tab();
    tab.write("hello");
    expect(tab.items).toMatchObject([{ content: "hello", accepted: null }]);
    await settle();
    expect(tab.items).toMatchObject([{ accepted: { seq: 1 } }]);
    tab.outbox.settle(aMessageEvent(1, { sender: me, client_id: tab.sent[0]?.client_id }));
    expect(tab.items).toEqual([]);
  });

  it("is not settled by another's message with the same client_id", async () => {
    const tab = new Tab();
    tab.write("hello");
    await settle();
    tab.outbox.settle(aMessageEvent(1, { client_id: tab.sent[0]?.client_id }));
    expect(tab.items).toHaveLength(1);
  });

  it("sends one message at a time in a room, in the order written", async () => {
    const answers: (() => void)[] = [];
    server = (send) => new Promise((resolve) => answers.push(() => resolve(accepted(send, answers.length))));
    const tab = new Tab();
    tab.write("one");
    tab.write("two");
    tab.write("elsewhere", 8);
    await settle();
    expect(words(tab.sent)).toEqual(["one", "elsewhere"]);
    answers[0]?.();
    await settle();
    expect(words(tab.sent)).toEqual(["one", "elsewhere", "two"]);
  });

  it("sends again with the same client_id when no answer came", async () => {
    const answer = server;
    refuseWith(0, "connection_lost");
    const tab = new Tab();
    tab.write("hello");
    await settle();
    server = answer;
    await vi.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(tab.sent).toHaveLength(2);
    expect(tab.sent[1]).toEqual(tab.sent[0]);
    expect(tab.items).toMatchObject([{ accepted: { seq: 1 } }]);
  });

  it("waits as long as a busy server asks, whatever else is written meanwhile", async () => {
    refuseWith(429, "too_many", 5);
    const tab = new Tab();
    tab.write("hello");
    await settle();
    tab.write("and again");
    await vi.advanceTimersByTimeAsync(4_900);
    await settle();
    expect(tab.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    await settle();
    expect(words(tab.sent)).toEqual(["hello", "hello"]);
  });

  it("keeps messages while there is no connection and sends them after it", async () => {
    const tab = new Tab({ connected: false });
    tab.write("hello");
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tab.sent).toEqual([]);
    tab.goOnline();
    await settle();
    expect(tab.sent).toHaveLength(1);
  });

  it("sends nothing on a connection of which it is not known yet whose it is", async () => {
    const tab = new Tab();
    tab.store.setConnection("connecting");
    tab.write("hello");
    await settle();
    expect(tab.sent).toEqual([]);
  });

  it("does not count it as a refusal that one has been signed out meanwhile", async () => {
    refuseWith(401, "unauthenticated");
    const tab = new Tab();
    tab.write("hello");
    await settle();
    expect(tab.items).toMatchObject([{ refused: null, accepted: null }]);
    expect(tab.sent).toHaveLength(1);
  });

  it("keeps a refused message with its reason and lets the next one pass", async () => {
    const answer = server;
    server = (send) => {
      if (send.message === "bad") throw refusal(422, "invalid");
      return answer(send);
    };
    const tab = new Tab();
    tab.write("bad");
    tab.write("good");
    await settle();
    expect(tab.items).toMatchObject([
      { content: "bad", refused: { code: "invalid" } },
      { accepted: { content: "good" } },
    ]);
  });

  it.each([
    [403, true],
    [409, false],
  ])("retries what was refused with %i under its own client_id: %s", async (status, same) => {
    refuseWith(status, "refused");
    const tab = new Tab();
    tab.write("hello");
    await settle();
    for (const item of tab.items) tab.outbox.retry(item);
    await settle();
    expect(tab.sent).toHaveLength(2);
    expect(tab.sent[1]?.client_id === tab.sent[0]?.client_id).toBe(same);
    expect(tab.items).toHaveLength(1);
  });

  it("stores a message before it first sends it", async () => {
    let storedFirst = false;
    const answer = server;
    server = async (send) => {
      const stored = await new OutboxStorage(new UserDatabase(me.id)).all();
      storedFirst = stored.some(({ clientId }) => clientId === send.client_id);
      return answer(send);
    };
    new Tab().write("hello");
    await settle();
    expect(storedFirst).toBe(true);
  });
});

describe("the outbox after a reload", () => {
  it("sends what the page before could not, in the order written, under the same client_ids", async () => {
    const before = new Tab({ connected: false });
    before.write("one", 7, 3);
    before.write("two");
    before.write("three");
    await settle();
    const ids = before.items.map(({ clientId }) => clientId);
    before.end();
    const after = new Tab();
    await settle();
    expect(words(after.sent)).toEqual(["one", "two", "three"]);
    expect(after.sent.map(({ client_id }) => client_id)).toEqual(ids);
    expect(after.sent[0]?.reply_to).toBe(3);
  });

  it("sends what was written later after what waited already, even if the clock has gone back", async () => {
    const before = new Tab({ connected: false });
    before.write("first");
    await settle();
    before.end();
    vi.setSystemTime(Date.now() - 3_600_000);
    const after = new Tab({ connected: false });
    await settle();
    after.write("second");
    after.goOnline();
    await settle();
    expect(words(after.sent)).toEqual(["first", "second"]);
  });

  it("repeats what was sent when its page crashed before the answer, and it is one message", async () => {
    const log = new Map<string, Message>();
    let answering = false;
    server = (send) => {
      const message = log.get(send.client_id) ?? accepted(send, log.size + 1).message;
      log.set(send.client_id, message);
      return answering ? { message } : new Promise(() => {});
    };
    const before = new Tab();
    before.write("hello");
    await settle();
    before.end();
    answering = true;
    const after = new Tab();
    await settle();
    expect(after.sent).toHaveLength(1);
    expect([...log.values()].map(({ content }) => content)).toEqual(["hello"]);
    expect(after.items).toMatchObject([{ accepted: { seq: 1 } }]);
  });

  it("shows no message that was acknowledged before", async () => {
    const before = new Tab();
    before.write("hello");
    await settle();
    before.end();
    const after = new Tab();
    await settle();
    expect(after.items).toEqual([]);
    expect(after.sent).toEqual([]);
  });

  it("still shows a refused message, does not send it by itself, and sends it when told to", async () => {
    const answer = server;
    refuseWith(403, "read_only");
    const before = new Tab();
    before.write("hello");
    await settle();
    before.end();
    server = answer;
    const after = new Tab();
    await settle();
    expect(after.items).toMatchObject([{ content: "hello", refused: { code: "read_only" } }]);
    expect(after.sent).toEqual([]);
    for (const item of after.items) after.outbox.retry(item);
    await settle();
    expect(words(after.sent)).toEqual(["hello"]);
  });

  it("does not show what was discarded", async () => {
    const before = new Tab({ connected: false });
    before.write("hello");
    await settle();
    for (const { clientId } of before.items) before.outbox.discard(clientId);
    expect(before.items).toEqual([]);
    await settle();
    before.end();
    const after = new Tab();
    await settle();
    expect(after.items).toEqual([]);
  });

  it("shows and sends nothing of another user", async () => {
    const before = new Tab({ connected: false });
    before.write("hello");
    await settle();
    before.end();
    const other = new Tab({ user: { ...me, id: 99 } });
    await settle();
    expect(other.items).toEqual([]);
    expect(other.sent).toEqual([]);
  });
});

describe("the outbox in two tabs", () => {
  it("is the same in both", async () => {
    const [one, two] = [new Tab({ connected: false }), new Tab({ connected: false })];
    one.write("from one");
    await settle();
    two.write("from two");
    await settle();
    for (const tab of [one, two]) expect(tab.items.map(({ content }) => content)).toEqual(["from one", "from two"]);
  });

  it("is sent by one of them, each entry once", async () => {
    const [one, two] = [new Tab({ connected: false }), new Tab({ connected: false })];
    for (const text of ["a", "b"]) one.write(text);
    for (const text of ["c", "d"]) two.write(text);
    await settle();
    one.goOnline();
    two.goOnline();
    await settle(200);
    expect(words([...one.sent, ...two.sent]).toSorted()).toEqual(["a", "b", "c", "d"]);
    for (const tab of [one, two]) expect(tab.items.every((item) => item.accepted)).toBe(true);
  });

  it("is sent by the one that is connected", async () => {
    const [one, two] = [new Tab({ connected: false }), new Tab()];
    one.write("hello");
    await settle();
    expect(words(two.sent)).toEqual(["hello"]);
    expect(one.items).toMatchObject([{ accepted: { content: "hello" } }]);
  });

  it("is taken over at once from a tab that is closed while it sends", async () => {
    const answer = server;
    server = () => new Promise(() => {});
    const [one, two] = [new Tab(), new Tab()];
    one.write("hello");
    await settle();
    expect(two.sent).toEqual([]);
    server = answer;
    one.end();
    await settle();
    expect(two.sent).toEqual(one.sent);
  });

  it("is taken over from a tab that is frozen while it sends", async () => {
    const patience = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(patience.signal);
    const answer = server;
    server = () => new Promise(() => {});
    const [one, two] = [new Tab(), new Tab()];
    one.write("hello");
    await settle();
    expect(two.sent).toEqual([]);
    server = answer;
    patience.abort();
    await settle();
    expect(two.sent).toEqual(one.sent);
  });

  it("keeps its order and makes no message twice where the browser has no locks", async () => {
    const log = new Map<string, Message>();
    server = async (send) => {
      await settle(3);
      const message = log.get(send.client_id) ?? accepted(send, log.size + 1).message;
      log.set(send.client_id, message);
      return { message };
    };
    const [one, two] = [new Tab({ connected: false, withLocks: false }), new Tab({ withLocks: false })];
    one.goOnline();
    for (const text of ["a", "b", "c"]) one.write(text);
    await settle(400);
    expect([...log.values()].map(({ content }) => content)).toEqual(["a", "b", "c"]);
    for (const tab of [one, two]) expect(tab.items.every((item) => item.accepted)).toBe(true);
  });

  it("shows a refusal and a discarding in the other too", async () => {
    refuseWith(403, "read_only");
    const [one, two] = [new Tab(), new Tab({ connected: false })];
    one.write("hello");
    await settle();
    expect(two.items).toMatchObject([{ refused: { code: "read_only" } }]);
    two.outbox.discard(two.items[0]?.clientId ?? "");
    await settle();
    expect(one.items).toEqual([]);
  });
});
