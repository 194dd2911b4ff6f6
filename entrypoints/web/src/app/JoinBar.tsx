import type { ChatRoom } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { FormError } from "@/shared/ui/Field";
import { useAsk } from "@/shared/ui/useAsk";
import styles from "./JoinBar.module.css";

/** In place of the composer, for whoever only looks into a public room. */
export function JoinBar({ room }: { room: ChatRoom }) {
  const { api, store } = useClient();
  const { busy, error, ask } = useAsk();
  return (
    <div className={styles.bar}>
      <p>
        You are looking into <strong dir="auto">{room.name}</strong>. Join to write and to get new messages.
      </p>
      <Button
        look="primary"
        disabled={busy}
        onClick={() => void ask(async () => store.addRoom(await api.join(room.id)))}
      >
        Join room
      </Button>
      <FormError>{error}</FormError>
    </div>
  );
}
