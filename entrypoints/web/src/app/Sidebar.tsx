import { Link } from "wouter";
import { RoomList } from "@/features/rooms/RoomList";
import type { Id, OwnUser } from "@/shared/api/wire";
import { Avatar } from "@/shared/ui/Avatar";
import { Brand } from "@/shared/ui/Brand";
import { IconButton } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { displayName } from "@/shared/ui/names";
import styles from "./Sidebar.module.css";

interface SidebarProps {
  me: OwnUser;
  current: Id | null;
  /** It is all that a narrow page shows. */
  alone: boolean;
  onBrowse: () => void;
  onCreate: () => void;
  onDirect: () => void;
  onSwitch: () => void;
  onLogout: () => void;
}

const shortcut = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K";

export function Sidebar({ me, current, alone, onSwitch, onLogout, ...openers }: SidebarProps) {
  return (
    <div className={styles.sidebar} role={alone ? "main" : "region"} aria-label="Rooms and people">
      <div className={styles.top}>
        <h1>
          <Brand />
        </h1>
      </div>
      <button type="button" className={styles.jump} onClick={onSwitch}>
        <Icon name="search" size={16} />
        Jump to…
        <kbd>{shortcut}</kbd>
      </button>
      <div className={styles.scroller}>
        <RoomList current={current} {...openers} />
      </div>
      <div className={styles.me}>
        <Avatar person={me} size={32} presence />
        <p>
          <strong dir="auto">{displayName(me)}</strong>
          <small>@{me.username}</small>
        </p>
        <Link href="/settings" className={styles.settings} aria-label="Settings" title="Settings">
          <Icon name="settings" />
        </Link>
        <IconButton icon="logout" label="Log out" onClick={onLogout} />
      </div>
    </div>
  );
}
