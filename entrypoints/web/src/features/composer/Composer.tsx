import { type FormEvent, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import type { ChatRoom, Message } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { AutoTextarea } from "@/shared/ui/AutoTextarea";
import { IconButton } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import styles from "./Composer.module.css";
import { charactersLeft } from "./message-length";

export interface ComposerHandle {
  focus: () => void;
  /** Puts a text back for another try. */
  put: (text: string) => void;
}

interface ComposerProps {
  room: ChatRoom;
  replyTo: Message | null;
  onCancelReply: () => void;
  onEditLast: () => void;
  ref: Ref<ComposerHandle>;
}

export function Composer({ room, replyTo, onCancelReply, onEditLast, ref }: ComposerProps) {
  const { session } = useClient();
  const [text, setText] = useState(() => session.drafts.get(room.id));
  const area = useRef<HTMLTextAreaElement>(null);
  const left = charactersLeft(text);
  const sendable = text.trim() !== "" && (left === null || left >= 0);

  useImperativeHandle(ref, () => ({
    focus: () => area.current?.focus(),
    put: (again) => {
      change(text ? `${again}\n${text}` : again);
      area.current?.focus();
    },
  }));

  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) area.current?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    if (replyTo) area.current?.focus();
  }, [replyTo]);

  function change(next: string) {
    setText(next);
    session.drafts.set(room.id, next);
  }

  function send(event?: FormEvent) {
    event?.preventDefault();
    if (!sendable) return;
    session.outbox.add(room.id, text, replyTo?.id ?? null);
    session.typing.sent(room.id);
    change("");
    onCancelReply();
    area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && !text) {
      event.preventDefault();
      onEditLast();
    } else if (event.key === "Escape" && replyTo) onCancelReply();
  }

  return (
    <form className={styles.composer} onSubmit={send} aria-label="Write a message">
      {replyTo && (
        <div className={styles.reply}>
          <Icon name="reply" size={16} />
          <p>
            Replying to <strong>{displayName(replyTo.sender)}</strong>
            <span dir="auto">{replyTo.content}</span>
          </p>
          <IconButton icon="close" label="Cancel reply" small onClick={onCancelReply} />
        </div>
      )}
      <div className={styles.box}>
        <AutoTextarea
          ref={area}
          id="composer"
          aria-label={`Message ${room.name}`}
          placeholder={`Message ${room.name}`}
          dir="auto"
          enterKeyHint="send"
          autoComplete="off"
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            change(event.target.value);
            if (event.target.value.trim()) session.typing.tell(room.id);
          }}
        />
        {left !== null && (
          <output className={left < 0 ? styles.over : styles.left}>
            {left}
            <span className="sr-only"> characters left</span>
          </output>
        )}
        <button
          type="submit"
          className={styles.send}
          aria-label="Send"
          title="Send (Enter)"
          disabled={!sendable}
          // Keeps the phone's keyboard open.
          onPointerDown={(event) => event.preventDefault()}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
