import type { Message } from "@/shared/api/wire";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import styles from "./Quote.module.css";

/** The message that another one answers, in one line. */
export function Quote({ message, onShow }: { message: Message | undefined; onShow: (message: Message) => void }) {
  if (!message)
    return (
      <p className={styles.quote}>
        <Icon name="reply" size={14} /> An earlier message
      </p>
    );
  return (
    <button type="button" className={styles.quote} onClick={() => onShow(message)} title="Show this message">
      <Icon name="reply" size={14} />
      <strong dir="auto">{displayName(message.sender)}</strong>
      <span dir="auto">{message.deleted ? "deleted message" : message.content}</span>
    </button>
  );
}
