import type { Id, Message, RoomEvent, Seq } from "@/shared/api/wire";

/** A message, or an event of which the timeline says something in a line of its own. */
export type TimelineEntry = { seq: Seq; message: Message } | { seq: Seq; notice: RoomEvent };

/** A stretch of a room's timeline without holes, ascending. Without `hasAfter` it reaches the live end. */
export interface TimelineWindow {
  entries: TimelineEntry[];
  hasBefore: boolean;
  hasAfter: boolean;
}

export function messageEntry(message: Message): TimelineEntry {
  return { seq: message.seq, message };
}

/** Messages and the notices that fall between them, each seq once, ascending; what comes later wins. */
export function union(...lists: TimelineEntry[][]): TimelineEntry[] {
  const bySeq = new Map<Seq, TimelineEntry>();
  for (const entry of lists.flat()) bySeq.set(entry.seq, entry);
  return [...bySeq.values()].toSorted((one, other) => one.seq - other.seq);
}

/** A newest page joins the window that it overlaps and replaces one that it does not. */
export function withNewestPage(
  window: TimelineWindow | null,
  page: TimelineEntry[],
  hasBefore: boolean,
): TimelineWindow {
  const newest = { entries: page, hasBefore, hasAfter: false };
  const first = page[0];
  const last = window?.entries.at(-1);
  if (!window || !first || !last || last.seq < first.seq) return newest;
  return { entries: union(window.entries, page), hasBefore: window.hasBefore, hasAfter: false };
}

export function withPageBefore(window: TimelineWindow, page: TimelineEntry[], hasBefore: boolean): TimelineWindow {
  return { ...window, entries: union(page, window.entries), hasBefore };
}

export function withPageAfter(window: TimelineWindow, page: TimelineEntry[], hasAfter: boolean): TimelineWindow {
  return { ...window, entries: union(window.entries, page), hasAfter };
}

/** The next entry; one that is there already comes again after a snapshot that was older than what was applied. */
export function withEntry(window: TimelineWindow, entry: TimelineEntry): TimelineWindow {
  if (window.hasAfter) return window;
  const isNext = (window.entries.at(-1)?.seq ?? 0) < entry.seq;
  return { ...window, entries: isNext ? [...window.entries, entry] : union(window.entries, [entry]) };
}

export function withChangedMessage(window: TimelineWindow, changed: Message): TimelineWindow {
  const entries = window.entries.map((entry) =>
    "message" in entry && entry.message.id === changed.id ? { seq: entry.seq, message: changed } : entry,
  );
  return { ...window, entries };
}

/** Forgets the oldest entries; scrolling up fetches them again. */
export function keepNewest(window: TimelineWindow, count: number): TimelineWindow {
  if (window.entries.length <= count) return window;
  return { ...window, entries: window.entries.slice(-count), hasBefore: true };
}

/** Forgets the newest entries; scrolling down fetches them again. */
export function keepOldest(window: TimelineWindow, count: number): TimelineWindow {
  if (window.entries.length <= count) return window;
  return { ...window, entries: window.entries.slice(0, count), hasAfter: true };
}

export function messageAt(window: TimelineWindow | null, seq: Seq): Message | undefined {
  const entry = window?.entries.find((each) => each.seq === seq);
  return entry && "message" in entry ? entry.message : undefined;
}

/** What "edit the last message" means. */
export function lastOwnMessage(window: TimelineWindow | null, me: Id): Message | undefined {
  const entry = window?.entries.findLast(
    (each) => "message" in each && each.message.sender.id === me && !each.message.deleted,
  );
  return entry && "message" in entry ? entry.message : undefined;
}
