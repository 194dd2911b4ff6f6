import type { Message } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { IconButton } from "@/shared/ui/Button";
import { copyLink } from "./copy-link";
import styles from "./MessageRow.module.css";
import type { MessageActions } from "./message-actions";

interface MessageToolsProps {
  message: Message;
  isOwn: boolean;
  isMember: boolean;
  leads: boolean;
  actions: MessageActions;
}

/** What one can do with a message; shown while it is pointed at or has the focus. */
export function MessageTools({ message, isOwn, isMember, leads, actions }: MessageToolsProps) {
  const { toasts } = useClient();
  const mayDelete = leads || (isMember && isOwn);
  return (
    <div className={styles.tools} role="group" aria-label="Message actions">
      {isMember && <IconButton icon="reply" label="Reply" small onClick={() => actions.onReply(message)} />}
      {isMember && isOwn && <IconButton icon="edit" label="Edit" small onClick={() => actions.onEdit(message)} />}
      <IconButton
        icon="link"
        label="Copy link"
        small
        onClick={() => void copyLink(message).then((text) => toasts.show(text))}
      />
      {mayDelete && <IconButton icon="trash" label="Delete" small onClick={() => actions.onDelete(message)} />}
    </div>
  );
}
