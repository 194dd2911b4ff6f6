import { useMemo } from "react";
import { Link } from "wouter";
import type { Id } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import type { RoomState } from "@/shared/chat/room-state";
import { unreadCount } from "@/shared/chat/unread";
import { Button, IconButton } from "@/shared/ui/Button";
import { Skeleton } from "@/shared/ui/Skeleton";
import { RoomIcon } from "./RoomIcon";
import styles from "./RoomList.module.css";
import { inOrder } from "./room-order";

interface RoomListProps {
  current: Id | null;
  onBrowse: () => void;
  onCreate: () => void;
  onDirect: () => void;
}

export function RoomList({ current, onBrowse, onCreate, onDirect }: RoomListProps) {
  const all = useChat((state) => state.rooms);
  const listed = useChat((state) => state.roomsListed);
  const { rooms, directs } = useMemo(() => inOrder(all), [all]);
  if (!listed) return <Skeleton lines={8} label="Loading rooms" />;
  return (
    <nav className={styles.list} aria-label="Conversations">
      <header className={styles.heading}>
        <h2>Rooms</h2>
        <IconButton icon="compass" label="Browse rooms" small onClick={onBrowse} />
        <IconButton icon="plus" label="Create a room" small onClick={onCreate} />
      </header>
      <ul>{rooms.map((state) => row(state, current))}</ul>
      {!rooms.length && (
        <div className={styles.none}>
          <p>You are in no room yet. Look around, or open one of your own.</p>
          <div className={styles.choices}>
            <Button icon="compass" onClick={onBrowse}>
              Browse
            </Button>
            <Button icon="plus" onClick={onCreate}>
              Create
            </Button>
          </div>
        </div>
      )}
      <header className={styles.heading}>
        <h2>Direct messages</h2>
        <IconButton icon="plus" label="New direct message" small onClick={onDirect} />
      </header>
      <ul>{directs.map((state) => row(state, current))}</ul>
      {!directs.length && (
        <div className={styles.none}>
          <p>Talk to somebody in private, or to a few.</p>
          <div className={styles.choices}>
            <Button icon="chat" onClick={onDirect}>
              Message someone
            </Button>
          </div>
        </div>
      )}
    </nav>
  );
}

function row(state: RoomState, current: Id | null) {
  return <RoomRow key={state.room.id} state={state} isCurrent={state.room.id === current} />;
}

function RoomRow({ state, isCurrent }: { state: RoomState; isCurrent: boolean }) {
  const { room } = state;
  const unread = unreadCount(state.unread);
  return (
    <li>
      <Link
        href={`/chat/${room.id}`}
        className={unread ? `${styles.row} ${styles.unread}` : styles.row}
        aria-current={isCurrent ? "page" : undefined}
      >
        <RoomIcon room={room} />
        <span className={styles.name} dir="auto">
          {room.name}
        </span>
        {unread > 0 && (
          <span className={styles.badge}>
            {unread > 999 ? "999+" : unread}
            <span className="sr-only"> unread</span>
          </span>
        )}
      </Link>
    </li>
  );
}
