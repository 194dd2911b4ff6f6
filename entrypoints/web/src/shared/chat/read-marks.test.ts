import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aMessageEvent, aRoom, me } from "@/testing/builders";
import { FakeConnection, refusal } from "@/testing/fake-connection";
import { ChatStore } from "./chat-store";
import { ReadMarks } from "./read-marks";
import { unreadCount } from "./unread";

let store: ChatStore;
let connection: FakeConnection;
let marks: ReadMarks;
let answer: (seq: number) => unknown;

const unread = () => unreadCount(store.room(7)?.unread ?? { readSeq: 0, base: -1, baseSeq: 0, later: [] });
const confirmed = (seq: number) => ({ chat_room: aRoom({ last_seq: 4, read_seq: seq }) });
const sent = () => connection.payloads("read");

beforeEach(() => {
  vi.useFakeTimers();
  store = new ChatStore();
  store.signIn(me);
  store.listRooms([aRoom({ last_seq: 4, read_seq: 2, unread: 2 })]);
  answer = confirmed;
  connection = new FakeConnection({ read: ({ seq }) => answer(seq) });
  marks = new ReadMarks(store, connection);
});

afterEach(() => {
  marks.close();
  vi.useRealTimers();
});

describe("the read mark", () => {
  it("stays while nobody reads", async () => {
    store.receive(aMessageEvent(5));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(unread()).toBe(3);
    expect(sent()).toEqual([]);
  });

  it("moves to the end at once for the reader, and is told to the server", async () => {
    marks.setReading(7);
    expect(unread()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([{ room_id: 7, seq: 4 }]);
  });

  it("tells of a burst of messages once", async () => {
    marks.setReading(7);
    for (const seq of [5, 6, 7]) store.receive(aMessageEvent(seq));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([{ room_id: 7, seq: 7 }]);
  });

  it("is told again when the server did not hear it", async () => {
    connection.connected = false;
    marks.setReading(7);
    await vi.advanceTimersByTimeAsync(1_000);
    connection.connected = true;
    marks.resume();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([{ room_id: 7, seq: 4 }]);
  });

  it("is told again after a refusal that may pass", async () => {
    answer = () => {
      answer = confirmed;
      throw refusal(429, "too_many");
    };
    marks.setReading(7);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent()).toHaveLength(2);
  });

  it("is not told again once the server has confirmed it", async () => {
    marks.setReading(7);
    await vi.advanceTimersByTimeAsync(1_000);
    marks.resume();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toHaveLength(1);
  });

  it("is told after a reload that came before the server had heard it", async () => {
    marks.close();
    store.readUpTo(7, 4);
    new ReadMarks(store, connection).resume();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([{ room_id: 7, seq: 4 }]);
  });

  it("waits for what the server counts as unread and has not sent yet", async () => {
    marks.setReading(7);
    store.listRooms([aRoom({ last_seq: 6, read_seq: 4, unread: 2 })]);
    expect(unread()).toBe(2);
    for (const seq of [5, 6]) store.receive(aMessageEvent(seq));
    expect(unread()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([{ room_id: 7, seq: 6 }]);
  });

  it("is given up where the server refuses it for good", async () => {
    answer = () => {
      throw refusal(404, "not_found");
    };
    marks.setReading(7);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent()).toHaveLength(1);
  });
});
