import type { Message, RoomEvent, Seq } from "@/shared/api/wire";
import { noticeOf } from "@/shared/chat/events/kinds";
import type { OutboxItem } from "@/shared/chat/outbox-item";
import type { TimelineEntry } from "@/shared/chat/timeline-window";
import { dayLabel, isSameDay } from "@/shared/time/labels";

export type Row =
  | { kind: "day"; key: string; label: string }
  | { kind: "divider"; key: string }
  | { kind: "notice"; key: string; at: string; text: string }
  | { kind: "message"; key: string; message: Message; opensGroup: boolean }
  | { kind: "unsent"; key: string; item: OutboxItem; opensGroup: boolean };

interface Around {
  me: number;
  /** After which place the "New messages" line stands, if anywhere. */
  divider: Seq | null;
  hasBefore: boolean;
  unsent: OutboxItem[];
  now?: Date;
}

const groupedFor = 5 * 60_000;

/** A room's entries as the rows of its timeline: day separators, the "New messages" line, runs of one sender. */
export function rowsOf(entries: TimelineEntry[], { me, divider, hasBefore, unsent, now }: Around): Row[] {
  const rows: Row[] = [];
  let run: { sender: number; at: string } | null = null;
  let day: string | null = null;
  // A line that stands before the first entry stands out of sight.
  const first = entries[0]?.seq ?? 0;
  let divided = divider === null || (hasBefore && first > divider + 1);

  function startDay(at: string) {
    if (day !== null && isSameDay(day, at)) return;
    day = at;
    run = null;
    rows.push({ kind: "day", key: `day-${new Date(at).toDateString()}`, label: dayLabel(at, now) });
  }

  function opensGroup(sender: number, at: string): boolean {
    const opens = !run || run.sender !== sender || Date.parse(at) - Date.parse(run.at) > groupedFor;
    run = { sender, at };
    return opens;
  }

  /** A page of another version may have kept one that this version does not know. */
  function addNotice(event: RoomEvent) {
    const text = noticeOf(event);
    if (text === null) return;
    startDay(event.at);
    run = null;
    rows.push({ kind: "notice", key: `notice-${event.seq}`, at: event.at, text });
  }

  for (const entry of entries) {
    if ("notice" in entry) {
      addNotice(entry.notice);
      continue;
    }
    const { message } = entry;
    startDay(message.created_at);
    if (!divided && entry.seq > (divider ?? 0) && message.sender.id !== me) {
      divided = true;
      run = null;
      rows.push({ kind: "divider", key: "divider" });
    }
    const opens = opensGroup(message.sender.id, message.created_at) || message.reply_to !== null;
    rows.push({ kind: "message", key: keyOf(message, me), message, opensGroup: opens });
  }
  for (const item of unsent) {
    startDay(item.createdAt);
    const opens = opensGroup(me, item.createdAt) || item.replyTo !== null;
    rows.push({ kind: "unsent", key: `own-${item.clientId}`, item, opensGroup: opens });
  }
  return rows;
}

/** In a direct conversation everybody was there from the start, whatever the log had to say to get there. */
export function withoutJoins(entries: TimelineEntry[]): TimelineEntry[] {
  return entries.filter((entry) => !("notice" in entry) || entry.notice.type !== "user_join");
}

/** One's own message keeps the key that it had before it was acknowledged, and so its place on the page. */
function keyOf(message: Message, me: number): string {
  return message.sender.id === me && message.client_id ? `own-${message.client_id}` : `message-${message.id}`;
}
