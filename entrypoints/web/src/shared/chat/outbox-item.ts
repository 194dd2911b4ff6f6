import type { Id, Message } from "@/shared/api/wire";
import type { Problem } from "@/shared/api/problem";

/** A message that one has written and that the room's log does not show yet. */
export interface OutboxItem {
  clientId: string;
  roomId: Id;
  content: string;
  replyTo: Id | null;
  createdAt: string;
  /** Which open page sends it, so that two pages do not. */
  owner: string;
  refused: Problem | null;
  /** Acknowledged, and only waiting for its event to come round. */
  accepted: Message | null;
}
