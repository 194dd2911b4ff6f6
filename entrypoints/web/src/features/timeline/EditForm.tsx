import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Message } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { AutoTextarea } from "@/shared/ui/AutoTextarea";
import { Button } from "@/shared/ui/Button";
import { FormError } from "@/shared/ui/Field";
import { useAsk } from "@/shared/ui/useAsk";
import styles from "./EditForm.module.css";

/** Another text for one's own message. Enter saves, Escape leaves it as it was. */
export function EditForm({ message, onDone }: { message: Message; onDone: () => void }) {
  const { api } = useClient();
  const [text, setText] = useState(message.content);
  const area = useRef<HTMLTextAreaElement>(null);
  const { busy, error, fields, ask } = useAsk(["message"]);

  useEffect(() => {
    const { current } = area;
    current?.focus();
    current?.form?.scrollIntoView({ block: "nearest" });
    current?.setSelectionRange(current.value.length, current.value.length);
  }, []);

  async function save(event?: FormEvent) {
    event?.preventDefault();
    if (!text.trim()) return;
    const saved = text === message.content || (await ask(() => api.editMessage(message.room_id, message.id, text)));
    if (saved) onDone();
  }

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void save();
  }

  return (
    <form className={styles.form} onSubmit={save}>
      <AutoTextarea
        ref={area}
        aria-label="Edit message"
        maxLength={4_000}
        dir="auto"
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => setText(event.target.value)}
      />
      <FormError>{error || fields.message}</FormError>
      <div className={styles.actions}>
        <small>Enter to save, Escape to cancel</small>
        <Button look="ghost" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" look="primary" disabled={busy || !text.trim()}>
          Save
        </Button>
      </div>
    </form>
  );
}
