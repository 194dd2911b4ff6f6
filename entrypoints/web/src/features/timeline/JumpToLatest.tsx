import { Icon } from "@/shared/ui/Icon";
import styles from "./Timeline.module.css";

export function JumpToLatest({ shown, unread, onJump }: { shown: boolean; unread: number; onJump: () => void }) {
  if (!shown) return null;
  return (
    <button type="button" className={styles.jump} onClick={onJump}>
      <Icon name="down" size={16} />
      {unread > 0 ? `${unread} new` : "Jump to latest"}
    </button>
  );
}
