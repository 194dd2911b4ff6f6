import { useEffect, useState } from "react";
import { useChat } from "@/shared/chat/client-context";
import { Icon } from "@/shared/ui/Icon";
import { Later } from "@/shared/ui/Later";
import styles from "./ConnectionBanner.module.css";

/** Says so while there is no live connection; what waits to be sent says so itself. */
export function ConnectionBanner() {
  const connection = useChat((state) => state.connection);
  const hasNetwork = useNetwork();
  return (
    <div role="status" aria-live="polite">
      {connection !== "online" && (
        <Later after={connection === "connecting" ? 2_500 : 1_000}>
          <p className={styles.banner}>
            <Icon name="clock" size={16} />
            {hasNetwork ? "Reconnecting… You can go on writing." : "You are offline. You can go on writing."}
          </p>
        </Later>
      )}
    </div>
  );
}

function useNetwork(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return online;
}
