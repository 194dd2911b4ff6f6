import type { OutboxItem } from "@/shared/chat/outbox-item";
import type { OwnUser } from "@/shared/api/wire";
import { Avatar } from "@/shared/ui/Avatar";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import styles from "./MessageRow.module.css";
import { RichText } from "./RichText";

interface UnsentRowProps {
  item: OutboxItem;
  me: OwnUser;
  opensGroup: boolean;
  onRetry: () => void;
  onEdit: () => void;
  onDiscard: () => void;
}

/** A message on its way, or one that was refused and why. */
export function UnsentRow({ item, me, opensGroup, onRetry, onEdit, onDiscard }: UnsentRowProps) {
  return (
    <article
      className={[styles.message, opensGroup && styles.opening].filter(Boolean).join(" ")}
      data-row
      tabIndex={-1}
      aria-label={`${displayName(me)}, ${item.refused ? "not sent" : item.accepted ? "sent" : "not sent yet"}`}
    >
      {opensGroup ? <Avatar person={me} /> : <span />}
      <div className={styles.body}>
        {opensGroup && (
          <header className={styles.header}>
            <strong dir="auto">{displayName(me)}</strong>
          </header>
        )}
        <div className={item.accepted ? undefined : styles.pending}>
          <RichText text={item.content} />
        </div>
        {item.refused && (
          <div className={styles.refused} role="alert">
            <p>
              <Icon name="warning" size={16} /> Not sent. {item.refused.detail}
            </p>
            <Button look="ghost" onClick={onRetry}>
              Retry
            </Button>
            <Button look="ghost" onClick={onEdit}>
              Edit
            </Button>
            <Button look="ghost" onClick={onDiscard}>
              Discard
            </Button>
          </div>
        )}
      </div>
    </article>
  );
}
