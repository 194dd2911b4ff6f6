import { Link } from "wouter";
import { memberCount } from "@/features/rooms/member-count";
import { RoomIcon } from "@/features/rooms/RoomIcon";
import type { ChatRoom } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { IconButton } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import styles from "./RoomHeader.module.css";

export function RoomHeader({
  room,
  detailsShown,
  onDetails,
}: {
  room: ChatRoom;
  detailsShown: boolean;
  onDetails: () => void;
}) {
  return (
    <header className={styles.header}>
      <Link href="/chat" className={styles.back} aria-label="Back to all conversations">
        <Icon name="back" size={20} />
      </Link>
      <RoomIcon room={room} size={28} />
      <div className={styles.words}>
        <h1 dir="auto">{room.name}</h1>
        <Line room={room} />
      </div>
      <IconButton
        icon="people"
        label={detailsShown ? "Hide details" : "Show details"}
        aria-pressed={detailsShown}
        onClick={onDetails}
      />
    </header>
  );
}

function Line({ room }: { room: ChatRoom }) {
  const [person, ...others] = room.people;
  const online = useChat((state) => (person ? (state.online[person.id] ?? false) : false));
  if (room.kind === "direct" && person && !others.length) return <p>{online ? "Online" : "Offline"}</p>;
  return (
    <p>
      {memberCount(room.member_count)}
      {room.description && <span dir="auto"> · {room.description}</span>}
    </p>
  );
}
