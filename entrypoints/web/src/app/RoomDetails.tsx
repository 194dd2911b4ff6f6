import { MemberList } from "@/features/people/MemberList";
import { RoomAbout } from "@/features/rooms/RoomAbout";
import type { ChatRoom } from "@/shared/api/wire";
import { IconButton } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import styles from "./RoomDetails.module.css";

/** What the room is and who is in it: the third pane, or a drawer where there is no place for one. */
export function RoomDetails({ room, pane, onClose }: { room: ChatRoom; pane: boolean; onClose: () => void }) {
  const parts = (
    <>
      <RoomAbout room={room} />
      <MemberList room={room} />
    </>
  );
  if (!pane)
    return (
      <Dialog title="Details" side onClose={onClose}>
        <div className={styles.drawer}>{parts}</div>
      </Dialog>
    );
  return (
    <aside className={styles.pane} aria-label="Details">
      <header className={styles.header}>
        <h2>Details</h2>
        <IconButton icon="close" label="Close details" onClick={onClose} />
      </header>
      {parts}
    </aside>
  );
}
