// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Message } from "@/shared/api/wire";
import type { OutboxItem } from "@/shared/chat/outbox-item";
import { messageEntry, type TimelineEntry } from "@/shared/chat/timeline-window";
import { aJoin, aMessage, anUnknownEvent, ada, me } from "@/testing/builders";
import { rowsOf } from "./grouping";

const now = new Date(2026, 2, 5, 12, 0);
const local = (day: number, hour: number, minute: number) => new Date(2026, 2, day, hour, minute).toISOString();

function message(seq: number, created_at: string, given: Partial<Message> = {}): TimelineEntry {
  return messageEntry(aMessage(seq, { created_at, ...given }));
}

function join(seq: number, at: string): TimelineEntry {
  return { seq, notice: { ...aJoin(seq), at } } as TimelineEntry;
}

function shapes(entries: TimelineEntry[], divider: number | null = null, unsent: OutboxItem[] = []): string[] {
  return rowsOf(entries, { me: me.id, divider, hasBefore: true, unsent, now }).map((row) => {
    if (row.kind === "day") return row.label;
    if (row.kind === "message" || row.kind === "unsent") return row.opensGroup ? `${row.kind}+` : row.kind;
    return row.kind;
  });
}

const unsent: OutboxItem = {
  clientId: "c1",
  roomId: 7,
  content: "hello",
  replyTo: null,
  createdAt: local(5, 9, 2),
  refused: null,
  accepted: null,
};

describe("the rows of a timeline", () => {
  it("group one sender's messages within five minutes", () => {
    const entries = [message(1, local(5, 9, 0)), message(2, local(5, 9, 4)), message(3, local(5, 9, 10))];
    expect(shapes(entries)).toEqual(["Today", "message+", "message", "message+"]);
  });

  it("open a group for another sender, after a notice and for a reply", () => {
    const entries = [
      message(1, local(5, 9, 0)),
      message(2, local(5, 9, 0), { sender: ada }),
      join(3, local(5, 9, 0)),
      message(4, local(5, 9, 0), { sender: ada }),
      message(5, local(5, 9, 0), { sender: ada, reply_to: 101 }),
    ];
    expect(shapes(entries)).toEqual(["Today", "message+", "message+", "notice", "message+", "message+"]);
  });

  it("separate the days", () => {
    const entries = [message(1, local(4, 23, 59)), message(2, local(5, 0, 0))];
    expect(shapes(entries)).toEqual(["Yesterday", "message+", "Today", "message+"]);
  });

  it("have none for a notice that another version of the page has kept and this one does not know", () => {
    const notice: TimelineEntry = { seq: 2, notice: anUnknownEvent(2, { at: local(5, 9, 1) }) };
    const entries = [message(1, local(5, 9, 0)), notice, message(3, local(5, 9, 2))];
    expect(shapes(entries)).toEqual(["Today", "message+", "message"]);
  });

  it("have the line of new messages before the first one of another", () => {
    const entries = [
      message(1, local(5, 9, 0)),
      message(2, local(5, 9, 0), { sender: ada }),
      message(3, local(5, 9, 1)),
    ];
    expect(shapes(entries, 1)).toEqual(["Today", "message+", "message+", "divider", "message+"]);
    expect(shapes(entries, 3)).not.toContain("divider");
  });

  it("have no line whose place lies before them", () => {
    expect(shapes([message(60, local(5, 9, 0))], 10)).not.toContain("divider");
  });

  it("end with what is not sent yet, in the group of one's last message", () => {
    expect(shapes([message(1, local(5, 9, 0), { sender: ada })], null, [unsent])).toEqual([
      "Today",
      "message+",
      "unsent",
    ]);
  });

  it("keep the place of one's message when it is acknowledged", () => {
    const before = rowsOf([], { me: me.id, divider: null, hasBefore: false, unsent: [unsent], now }).at(-1);
    const arrived = message(1, unsent.createdAt, { sender: ada, client_id: "c1" });
    const after = rowsOf([arrived], { me: me.id, divider: null, hasBefore: false, unsent: [], now }).at(-1);
    expect(after?.key).toBe(before?.key);
  });
});
