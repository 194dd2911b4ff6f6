import { useChat } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Empty } from "@/shared/ui/Empty";
import styles from "./RoomPage.module.css";

interface NoRoomChosenProps {
  onBrowse: () => void;
  onCreate: () => void;
  onDirect: () => void;
}

export function NoRoomChosen({ onBrowse, onCreate, onDirect }: NoRoomChosenProps) {
  const listed = useChat((state) => state.roomsListed);
  const hasRooms = useChat((state) => Object.values(state.rooms).some(({ room }) => room.joined));
  return (
    <main className={styles.blank} id="main" tabIndex={-1}>
      {listed && (
        <Empty
          page
          icon="chat"
          title={hasRooms ? "Pick a conversation" : "Welcome to Parley"}
          actions={
            <>
              <Button look="primary" icon="compass" onClick={onBrowse}>
                Browse rooms
              </Button>
              <Button icon="plus" onClick={onCreate}>
                Create a room
              </Button>
              <Button icon="chat" onClick={onDirect}>
                Message someone
              </Button>
            </>
          }
        >
          {hasRooms
            ? "Choose one on the left, or start another."
            : "Look for a room that others have opened, open your own, or write to someone."}
        </Empty>
      )}
    </main>
  );
}
