import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientEvents } from "@/shared/api/events";
import type { Message } from "@/shared/api/wire";
import { aMessage, aMessageEvent, aRoom, me } from "@/testing/builders";
import { FakeConnection, refusal } from "@/testing/fake-connection";
import { ChatStore } from "./chat-store";
import { MemoryKeyValue } from "./key-value";
import { Outbox } from "./outbox";
import { OutboxStorage } from "./outbox-storage";

type Send = ClientEvents["send_message"]["payload"];

let values: MemoryKeyValue;
let store: ChatStore;
let server: (send: Send) => unknown;
let connection: FakeConnection;

function anOutbox(page = "page one"): Outbox {
  return new Outbox(store, connection, new OutboxStorage(values, me.id, page), () => {});
}

function accepted(send: Send, seq: number): { message: Message } {
  return { message: aMessage(seq, { sender: me, content: send.message, client_id: send.client_id }) };
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

const waiting = () => store.get().outbox;
const sent = () => connection.payloads("send_message");

beforeEach(() => {
  vi.useFakeTimers();
  values = new MemoryKeyValue();
  store = new ChatStore();
  store.signIn(me);
  store.listRooms([aRoom(), aRoom({ id: 8 })]);
  let seq = 0;
  server = (send) => accepted(send, ++seq);
  connection = new FakeConnection({ send_message: (send) => server(send) });
});

afterEach(() => vi.useRealTimers());

describe("the outbox", () => {
  it("shows a message at once and keeps it until its event has come round", async () => {
    const outbox = anOutbox();
    outbox.add(7, "hello", null);
    expect(waiting()).toMatchObject([{ content: "hello", accepted: null }]);
    await settle();
    expect(waiting()).toMatchObject([{ accepted: { seq: 1 } }]);
    const { client_id } = sent()[0] ?? {};
    outbox.settle(aMessageEvent(1, { sender: me, client_id }));
    expect(waiting()).toEqual([]);
  });

  it("is not settled by another's message with the same client_id", async () => {
    const outbox = anOutbox();
    outbox.add(7, "hello", null);
    await settle();
    outbox.settle(aMessageEvent(1, { client_id: sent()[0]?.client_id }));
    expect(waiting()).toHaveLength(1);
  });

  it("sends one message at a time in a room, in the order written", async () => {
    const answers: (() => void)[] = [];
    server = (send) => new Promise((resolve) => answers.push(() => resolve(accepted(send, answers.length))));
    const outbox = anOutbox();
    outbox.add(7, "one", null);
    outbox.add(7, "two", null);
    outbox.add(8, "elsewhere", null);
    await settle();
    expect(sent().map(({ message }) => message)).toEqual(["one", "elsewhere"]);
    answers[0]?.();
    await settle();
    expect(sent().map(({ message }) => message)).toEqual(["one", "elsewhere", "two"]);
  });

  it("sends again with the same client_id when no answer came", async () => {
    const answer = server;
    server = () => {
      throw refusal(0, "connection_lost");
    };
    anOutbox().add(7, "hello", null);
    await settle();
    server = answer;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toHaveLength(2);
    expect(sent()[1]).toEqual(sent()[0]);
    expect(waiting()).toMatchObject([{ accepted: { seq: 1 } }]);
  });

  it("waits as long as a busy server asks", async () => {
    server = () => {
      throw refusal(429, "too_many", 5);
    };
    anOutbox().add(7, "hello", null);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(sent()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent()).toHaveLength(2);
  });

  it("keeps messages while there is no connection and sends them after it", async () => {
    connection.connected = false;
    const outbox = anOutbox();
    outbox.add(7, "hello", null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent()).toEqual([]);
    connection.connected = true;
    outbox.resume();
    await settle();
    expect(sent()).toHaveLength(1);
  });

  it("does not count it as a refusal that one has been signed out meanwhile", async () => {
    server = () => {
      throw refusal(401, "unauthenticated");
    };
    anOutbox().add(7, "hello", null);
    await settle();
    expect(waiting()).toMatchObject([{ refused: null, accepted: null }]);
    expect(sent()).toHaveLength(1);
  });

  it("keeps a refused message with its reason and lets the next one pass", async () => {
    const answer = server;
    server = (send) => {
      if (send.message === "bad") throw refusal(422, "invalid");
      return answer(send);
    };
    const outbox = anOutbox();
    outbox.add(7, "bad", null);
    outbox.add(7, "good", null);
    await settle();
    expect(waiting()).toMatchObject([
      { content: "bad", refused: { code: "invalid" } },
      { accepted: { content: "good" } },
    ]);
  });

  it("retries a refused message under its own client_id, and under a new one after a conflict", async () => {
    for (const [status, same] of [
      [403, true],
      [409, false],
    ] as const) {
      server = () => {
        throw refusal(status, "refused");
      };
      const outbox = anOutbox(`page for ${status}`);
      outbox.add(7, "hello", null);
      await settle();
      const refused = waiting().at(-1);
      if (refused) outbox.retry(refused);
      await settle();
      const [before, after] = sent().slice(-2);
      expect(after?.client_id === before?.client_id).toBe(same);
    }
  });

  it("forgets a discarded message", async () => {
    connection.connected = false;
    const outbox = anOutbox();
    outbox.add(7, "hello", null);
    outbox.discard(waiting()[0]?.clientId ?? "");
    expect(waiting()).toEqual([]);
    expect(values.keys("parley.outbox.")).toEqual([]);
  });

  it("sends after a reload what the page before could not", async () => {
    connection.connected = false;
    const before = anOutbox();
    before.add(7, "hello", 3);
    const { clientId } = waiting()[0] ?? {};
    before.close();
    store = new ChatStore();
    store.signIn(me);
    connection.connected = true;
    anOutbox("page two");
    await settle();
    expect(sent()).toEqual([{ room_id: 7, message: "hello", client_id: clientId, reply_to: 3 }]);
  });

  it("leaves alone what another open page is sending", async () => {
    connection.connected = false;
    anOutbox("page one").add(7, "hello", null);
    store = new ChatStore();
    store.signIn(me);
    connection.connected = true;
    const other = anOutbox("page two");
    other.resume();
    await settle();
    expect(sent()).toEqual([]);
  });

  it("lets go of what another page has adopted", async () => {
    connection.connected = false;
    const sleeping = anOutbox("page one");
    sleeping.add(7, "hello", null);
    vi.setSystemTime(Date.now() + 120_000);
    new OutboxStorage(values, me.id, "page two").adopt();
    connection.connected = true;
    sleeping.resume();
    await settle();
    expect(sent()).toEqual([]);
    expect(waiting()).toEqual([]);
  });

  it("keeps one user's messages from another", () => {
    connection.connected = false;
    anOutbox().add(7, "hello", null);
    const other = new OutboxStorage(values, 99, "page two", () => Date.now() + 1e9);
    expect(other.adopt()).toEqual([]);
  });
});
