import { useChat } from "@/shared/chat/client-context";
import { Icon } from "@/shared/ui/Icon";
import { Later } from "@/shared/ui/Later";
import styles from "./MessageRow.module.css";

/** Below the messages that wait: why they do, and what becomes of them. */
export function UnsentNote({ waiting }: { waiting: number }) {
  const offline = useChat((state) => state.connection !== "online");
  const kept = useChat((state) => state.outboxKept);
  if (!waiting) return null;
  return (
    <Later after={1_000}>
      <p className={styles.note}>
        <Icon name="clock" size={12} /> {offline ? whileOffline(waiting, kept) : "Sending…"}
      </p>
    </Later>
  );
}

function whileOffline(waiting: number, kept: boolean): string {
  const what = waiting === 1 ? "Offline – will be sent" : `Offline – ${waiting} messages will be sent`;
  return kept ? what : `${what} if this page stays open`;
}
