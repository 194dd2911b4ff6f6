import { useStore } from "zustand";
import { useClient } from "@/shared/chat/client-context";
import { IconButton } from "./Button";
import styles from "./ToastList.module.css";

export function ToastList() {
  const { toasts } = useClient();
  const shown = useStore(toasts.store);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, text, kind }) => (
        <div key={id} className={kind === "error" ? `${styles.toast} ${styles.error}` : styles.toast}>
          <span>{text}</span>
          <IconButton icon="close" label="Dismiss" small onClick={() => toasts.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
