import type { ChatRoom } from "@/shared/api/wire";
import { Avatar } from "@/shared/ui/Avatar";
import { Icon } from "@/shared/ui/Icon";
import styles from "./RoomIcon.module.css";

/** What kind of room it is, or the face of whom one talks to. */
export function RoomIcon({ room, size = 24 }: { room: ChatRoom; size?: number }) {
  const [person, ...others] = room.people;
  if (room.kind === "direct" && person && !others.length) return <Avatar person={person} size={size} presence />;
  const name = room.kind === "direct" ? "people" : room.kind === "private" ? "lock" : "hash";
  return (
    <span className={styles.icon} style={{ width: size, height: size }}>
      <Icon name={name} size={Math.round(size * 0.72)} />
    </span>
  );
}
