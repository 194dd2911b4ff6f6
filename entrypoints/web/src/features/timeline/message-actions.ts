import type { Message, Seq } from "@/shared/api/wire";

/** What is done with a message by the timeline, or by the page around it. */
export interface MessageActions {
  onReply: (message: Message) => void;
  onEdit: (message: Message | null) => void;
  onDelete: (message: Message) => void;
  onShow: (seq: Seq) => void;
}
