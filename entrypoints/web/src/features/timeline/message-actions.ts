import type { Message, Seq } from "@/shared/api/wire";

/** What one can do with a message of the timeline. */
export interface MessageActions {
  onReply: (message: Message) => void;
  onEdit: (message: Message | null) => void;
  onDelete: (message: Message) => void;
  onCopyLink: (message: Message) => void;
  onShow: (seq: Seq) => void;
}
