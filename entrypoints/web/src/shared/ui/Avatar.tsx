import type { CSSProperties } from "react";
import type { Person } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { hueOf, initialsOf } from "./avatar-colours";
import styles from "./Avatar.module.css";
import { displayName } from "./names";

interface AvatarProps {
  person: Person;
  size?: number;
  presence?: boolean;
}

/** A generated picture: initials on a colour of one's own. Decoration: the name stands beside it. */
export function Avatar({ person, size = 36, presence = false }: AvatarProps) {
  return (
    <span
      className={styles.avatar}
      aria-hidden="true"
      style={{ "--hue": hueOf(person.id), "--size": `${size}px` } as CSSProperties}
    >
      {initialsOf(displayName(person))}
      {presence && <PresenceDot userId={person.id} />}
    </span>
  );
}

function PresenceDot({ userId }: { userId: number }) {
  const online = useChat((state) => state.online[userId] ?? false);
  return <span className={online ? `${styles.dot} ${styles.online}` : styles.dot} />;
}
