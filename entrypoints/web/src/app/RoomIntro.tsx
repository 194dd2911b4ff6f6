import { RoomIcon } from "@/features/rooms/RoomIcon";
import type { ChatRoom } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { leadsIn } from "@/shared/chat/member-rights";
import { Button } from "@/shared/ui/Button";
import styles from "./RoomIntro.module.css";

/** What stands above a room's first message. */
export function RoomIntro({ room, isEmpty, onInvite }: { room: ChatRoom; isEmpty: boolean; onInvite: () => void }) {
  const me = useChat((state) => state.me);
  return (
    <section className={styles.intro}>
      {room.people?.length === 1 ? (
        <RoomIcon room={room} size={56} />
      ) : (
        <span className={styles.tile}>
          <RoomIcon room={room} size={40} />
        </span>
      )}
      <h2 dir="auto">{room.name}</h2>
      <p>
        {room.kind === "direct"
          ? "This is the beginning of your conversation. Only the people in it can read it."
          : "This is the beginning of the room."}
        {isEmpty && room.joined && " Say hello!"}
      </p>
      {leadsIn(room, me) && room.member_count === 1 && (
        <Button icon="personAdd" onClick={onInvite}>
          Add people
        </Button>
      )}
    </section>
  );
}
