import type { Seq } from "@/shared/api/wire";

/**
 * How many messages of others lie past the read mark.
 * `base` was counted by the server as of `baseSeq`; `later` are the messages that have come since.
 */
export interface Unread {
  readSeq: Seq;
  base: number;
  baseSeq: Seq;
  later: Seq[];
}

export function unreadAsOf(lastSeq: Seq, readSeq: Seq, count: number): Unread {
  return { readSeq, base: count, baseSeq: lastSeq, later: [] };
}

export function unreadCount({ base, later }: Unread): number {
  return base + later.length;
}

export function withMessage(unread: Unread, seq: Seq): Unread {
  const counted = Math.max(unread.readSeq, unread.baseSeq);
  return seq > counted ? { ...unread, later: [...unread.later, seq] } : unread;
}

/** The mark only moves forward. `serverCount` decides where the mark lands among messages counted by the server. */
export function readUpTo(unread: Unread, readSeq: Seq, serverCount: number | null = null): Unread {
  if (readSeq <= unread.readSeq) return unread;
  const later = unread.later.filter((seq) => seq > readSeq);
  const counted = serverCount === null ? unread.base : Math.max(0, serverCount - later.length);
  return { ...unread, readSeq, later, base: readSeq >= unread.baseSeq ? 0 : counted };
}
