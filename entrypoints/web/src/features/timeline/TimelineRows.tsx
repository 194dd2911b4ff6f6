import { useMemo, useState } from "react";
import type { Message, OwnUser, Seq } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { leadsIn } from "@/shared/chat/member-rights";
import type { OutboxItem } from "@/shared/chat/outbox-item";
import type { RoomState } from "@/shared/chat/room-state";
import { fullLabel, timeLabel } from "@/shared/time/labels";
import type { Row } from "./grouping";
import { MessageRow } from "./MessageRow";
import type { MessageActions } from "./message-actions";
import styles from "./Timeline.module.css";
import { UnsentRow } from "./UnsentRow";

interface TimelineRowsProps {
  rows: Row[];
  state: RoomState;
  me: OwnUser;
  editing: Message | null;
  highlighted: Seq | null;
  actions: MessageActions;
  onEditUnsent: (item: OutboxItem) => void;
}

export function TimelineRows({ rows, state, me, editing, highlighted, actions, onEditUnsent }: TimelineRowsProps) {
  const { room } = state;
  const { session } = useClient();
  const [focused, setFocused] = useState<Seq | null>(null);
  const bySeq = useMemo(() => messagesBySeq(rows), [rows]);
  const lastSeq = rows.findLast((row) => row.kind === "message")?.message.seq;
  const current =
    focused !== null && rows.some((row) => row.kind === "message" && row.message.seq === focused) ? focused : lastSeq;

  function quotedAt(seq: Seq | null) {
    return seq === null ? undefined : (bySeq.get(seq) ?? state.quoted[seq]);
  }

  function render(row: Row) {
    switch (row.kind) {
      case "day":
        return (
          <h2 key={row.key} className={styles.day}>
            <span>{row.label}</span>
          </h2>
        );
      case "divider":
        return (
          <div key={row.key} className={styles.divider} data-divider role="separator" aria-label="New messages">
            <span>New messages</span>
          </div>
        );
      case "notice":
        return (
          <p key={row.key} className={styles.notice} data-row title={fullLabel(row.at)}>
            <span dir="auto">{row.text}</span> · {timeLabel(row.at)}
          </p>
        );
      case "unsent":
        return (
          <UnsentRow
            key={row.key}
            item={row.item}
            me={me}
            opensGroup={row.opensGroup}
            onRetry={() => session.outbox.retry(row.item)}
            onEdit={() => onEditUnsent(row.item)}
            onDiscard={() => session.outbox.discard(row.item.clientId)}
          />
        );
      case "message": {
        const { message } = row;
        const isOwn = message.sender.id === me.id;
        return (
          <MessageRow
            key={row.key}
            message={message}
            original={quotedAt(message.reply_to_seq)}
            opensGroup={row.opensGroup}
            isOwn={isOwn}
            isMember={room.joined}
            leads={leadsIn(room, me)}
            isEditing={editing?.id === message.id}
            isHighlighted={highlighted === message.seq}
            isCurrent={current === message.seq}
            actions={actions}
          />
        );
      }
    }
  }

  return (
    <div
      onFocus={(event) => {
        const seq = event.target.closest<HTMLElement>("[data-seq]")?.dataset.seq;
        if (seq) setFocused(Number(seq));
      }}
    >
      {rows.map(render)}
    </div>
  );
}

function messagesBySeq(rows: Row[]): Map<Seq, Message> {
  return new Map(rows.flatMap((row) => (row.kind === "message" ? [[row.message.seq, row.message] as const] : [])));
}
