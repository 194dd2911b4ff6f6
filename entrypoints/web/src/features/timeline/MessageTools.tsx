import type { Message } from "@/shared/api/wire";
import { IconButton } from "@/shared/ui/Button";
import styles from "./MessageRow.module.css";
import type { MessageActions } from "./message-actions";

interface MessageToolsProps {
  message: Message;
  isOwn: boolean;
  mayWrite: boolean;
  mayDelete: boolean;
  actions: MessageActions;
}

/** What one can do with a message; shown while it is pointed at or has the focus. */
export function MessageTools({ message, isOwn, mayWrite, mayDelete, actions }: MessageToolsProps) {
  return (
    <div className={styles.tools} role="group" aria-label="Message actions">
      {mayWrite && <IconButton icon="reply" label="Reply" small onClick={() => actions.onReply(message)} />}
      {mayWrite && isOwn && <IconButton icon="edit" label="Edit" small onClick={() => actions.onEdit(message)} />}
      <IconButton icon="link" label="Copy link" small onClick={() => actions.onCopyLink(message)} />
      {mayDelete && <IconButton icon="trash" label="Delete" small onClick={() => actions.onDelete(message)} />}
    </div>
  );
}
