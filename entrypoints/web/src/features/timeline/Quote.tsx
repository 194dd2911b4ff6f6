import { useEffect } from "react";
import type { Id, Seq } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import type { Quoted } from "@/shared/chat/room-state";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import styles from "./Quote.module.css";

interface QuoteProps {
  roomId: Id;
  /** The place of the message that is answered. */
  seq: Seq;
  quoted: Quoted | undefined;
  onShow: (seq: Seq) => void;
}

/** The message that another one answers, in one line; it is fetched where the timeline does not have it. */
export function Quote({ roomId, seq, quoted, onShow }: QuoteProps) {
  const { session } = useClient();
  const online = useChat((chat) => chat.connection === "online");
  const isUnknown = quoted === undefined;
  const isShown = typeof quoted === "object";
  useEffect(() => {
    if (!isShown) void session.history.quote(roomId, seq);
  }, [session, roomId, seq, isShown, isUnknown, online]);

  if (quoted === "gone")
    return (
      <p className={styles.quote}>
        <Icon name="reply" size={14} /> <span>A message that is gone</span>
      </p>
    );
  return (
    <button type="button" className={styles.quote} onClick={() => onShow(seq)} title="Show this message">
      <Icon name="reply" size={14} />
      {isShown ? (
        <>
          <strong dir="auto">{displayName(quoted.sender)}</strong>
          <span dir="auto">{quoted.deleted ? "deleted message" : quoted.content}</span>
        </>
      ) : (
        <span>An earlier message</span>
      )}
    </button>
  );
}
