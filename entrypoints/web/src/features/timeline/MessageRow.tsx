import { memo } from "react";
import type { Message } from "@/shared/api/wire";
import type { Quoted } from "@/shared/chat/room-state";
import { fullLabel, timeLabel } from "@/shared/time/labels";
import { Avatar } from "@/shared/ui/Avatar";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import { EditForm } from "./EditForm";
import styles from "./MessageRow.module.css";
import { MessageTools } from "./MessageTools";
import type { MessageActions } from "./message-actions";
import { Quote } from "./Quote";
import { RichText } from "./RichText";

interface MessageRowProps {
  message: Message;
  /** The message that it answers, as far as it is known. */
  original: Quoted | undefined;
  opensGroup: boolean;
  isOwn: boolean;
  isMember: boolean;
  leads: boolean;
  isEditing: boolean;
  isHighlighted: boolean;
  isCurrent: boolean;
  actions: MessageActions;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, original, opensGroup, isEditing, isHighlighted, isCurrent, actions } = props;
  const sender = displayName(message.sender);
  return (
    <article
      className={[styles.message, opensGroup && styles.opening, isHighlighted && styles.highlighted]
        .filter(Boolean)
        .join(" ")}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrows move the focus along the messages
      tabIndex={isCurrent ? 0 : -1}
      data-row
      data-seq={message.seq}
      aria-label={`${sender}, ${timeLabel(message.created_at)}`}
    >
      {opensGroup ? <Avatar person={message.sender} /> : <Time at={message.created_at} className={styles.gutter} />}
      <div className={styles.body}>
        {message.reply_to_seq !== null && (
          <Quote roomId={message.room_id} seq={message.reply_to_seq} quoted={original} onShow={actions.onShow} />
        )}
        {opensGroup && (
          <header className={styles.header}>
            <strong dir="auto">{sender}</strong>
            <Time at={message.created_at} />
          </header>
        )}
        {isEditing ? <EditForm message={message} onDone={() => actions.onEdit(null)} /> : <Content message={message} />}
      </div>
      {!message.deleted && !isEditing && <MessageTools {...props} />}
    </article>
  );
});

function Time({ at, className }: { at: string; className?: string }) {
  return (
    <time className={className} dateTime={at} title={fullLabel(at)}>
      {timeLabel(at)}
    </time>
  );
}

function Content({ message }: { message: Message }) {
  if (message.deleted)
    return (
      <p className={styles.deleted}>
        <Icon name="trash" size={14} /> This message was deleted
      </p>
    );
  return (
    <>
      <RichText text={message.content} />
      {message.edited_at && (
        <small className={styles.edited} title={fullLabel(message.edited_at)}>
          edited
        </small>
      )}
    </>
  );
}
