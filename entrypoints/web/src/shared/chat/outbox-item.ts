import type { Problem } from "@/shared/api/problem";
import type { Id, Message } from "@/shared/api/wire";
import type { RoomState } from "./room-state";

/** A message that one has written and that the room's log does not show yet: waiting, refused or acknowledged. */
export interface OutboxItem {
  clientId: string;
  roomId: Id;
  content: string;
  replyTo: Id | null;
  createdAt: string;
  refused: Problem | null;
  /** Acknowledged, and only waiting for its event to come round; never stored. */
  accepted: Message | null;
}

export function isWaiting(item: OutboxItem): boolean {
  return !item.refused && !item.accepted;
}

export function inOrderWritten(items: OutboxItem[]): OutboxItem[] {
  return items.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
}

/** Later than all that wait already, also where the clock has stood still or gone back. */
export function timeAfter(items: OutboxItem[], now: number = Date.now()): string {
  return new Date(Math.max(now, ...items.map(({ createdAt }) => Date.parse(createdAt) + 1))).toISOString();
}

/** What the room's timeline does not show yet, though another tab, or this page before a reload, may have sent it. */
export function unsentIn({ room, cursor, window }: RoomState, outbox: OutboxItem[]): OutboxItem[] {
  const shown = new Set(window?.entries.map((entry) => "message" in entry && entry.message.client_id));
  return outbox.filter(
    ({ roomId, clientId, accepted }) =>
      roomId === room.id && !shown.has(clientId) && !(accepted && accepted.seq <= cursor),
  );
}
