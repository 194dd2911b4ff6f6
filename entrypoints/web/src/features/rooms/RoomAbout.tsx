import { useState } from "react";
import { useLocation } from "wouter";
import type { ChatRoom } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { leadsIn, mayDelete } from "@/shared/chat/member-rights";
import { dateLabel } from "@/shared/time/labels";
import { Button } from "@/shared/ui/Button";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { ChangeRoomDialog } from "./ChangeRoomDialog";
import styles from "./RoomAbout.module.css";

/** What a room is about, and what may be done with it. */
export function RoomAbout({ room }: { room: ChatRoom }) {
  const [dialog, setDialog] = useState<"change" | "delete" | "leave" | null>(null);
  const me = useChat((state) => state.me);
  const isLed = leadsIn(room, me);
  const close = () => setDialog(null);
  return (
    <section className={styles.about} aria-label="About">
      {room.kind !== "direct" && (
        <>
          <h3>About</h3>
          <p className={styles.description} dir="auto">
            {room.description || "No description yet."}
          </p>
        </>
      )}
      <p className={styles.since}>
        {kinds[room.kind]} · since {dateLabel(room.created_at)}
      </p>
      {(room.joined || isLed) && (
        <div className={styles.actions}>
          {isLed && (
            <Button icon="edit" look="ghost" onClick={() => setDialog("change")}>
              Edit room
            </Button>
          )}
          {room.joined && (
            <Button icon="logout" look="ghost" onClick={() => setDialog("leave")}>
              Leave
            </Button>
          )}
          {mayDelete(room, me) && (
            <Button icon="trash" look="ghost" className={styles.delete} onClick={() => setDialog("delete")}>
              Delete room
            </Button>
          )}
        </div>
      )}
      {dialog === "change" && <ChangeRoomDialog room={room} onClose={close} />}
      {dialog === "delete" && <DeleteDialog room={room} onClose={close} />}
      {dialog === "leave" && <LeaveDialog room={room} onClose={close} />}
    </section>
  );
}

const kinds = { public: "Public room", private: "Private room", direct: "Private conversation" };

function DeleteDialog({ room, onClose }: { room: ChatRoom; onClose: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  async function remove() {
    await api.deleteRoom(room.id);
    navigate("/chat");
    store.removeRoom(room.id);
  }
  return (
    <ConfirmDialog title="Delete this room?" action="Delete room" onConfirm={remove} onClose={onClose}>
      <strong>{room.name}</strong> and all that was said in it will be gone for everybody. This cannot be undone.
    </ConfirmDialog>
  );
}

function LeaveDialog({ room, onClose }: { room: ChatRoom; onClose: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  async function leave() {
    await api.leave(room.id);
    navigate("/chat");
    store.removeRoom(room.id);
  }
  return (
    <ConfirmDialog title={`Leave ${room.name}?`} action="Leave" onConfirm={leave} onClose={onClose}>
      {room.kind === "public"
        ? "You can come back at any time."
        : room.kind === "private"
          ? "You will need a new invitation to come back."
          : "It comes back when you write to the same people again."}
    </ConfirmDialog>
  );
}
