import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import type { ChatRoom } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { Empty } from "@/shared/ui/Empty";
import { Field, FormError } from "@/shared/ui/Field";
import { Skeleton } from "@/shared/ui/Skeleton";
import { useAsk } from "@/shared/ui/useAsk";
import styles from "./BrowseRoomsDialog.module.css";
import { memberCount } from "./member-count";
import { RoomIcon } from "./RoomIcon";
import { usePublicRooms } from "./usePublicRooms";

export function BrowseRoomsDialog({ onClose, onCreate }: { onClose: () => void; onCreate: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const { rooms, error, more } = usePublicRooms(query.trim());
  const joining = useAsk();

  const open = useCallback(
    (room: ChatRoom) => {
      onClose();
      navigate(`/chat/${room.id}`);
    },
    [onClose, navigate],
  );

  const join = (room: ChatRoom) =>
    joining.ask(async () => {
      const joined = await api.join(room.id);
      store.addRoom(joined);
      open(joined);
    });

  return (
    <Dialog title="Browse rooms" onClose={onClose}>
      <Field
        label="Search public rooms"
        type="search"
        placeholder="Name or description"
        maxLength={80}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <FormError>{error || joining.error}</FormError>
      <div className={styles.results}>
        {!rooms && !error && <Skeleton lines={5} label="Looking for rooms" />}
        {rooms?.length === 0 && (
          <Empty
            icon="compass"
            title={query ? "No room like that" : "No public room yet"}
            actions={
              <Button look="primary" icon="plus" onClick={onCreate}>
                Create a room
              </Button>
            }
          >
            {query ? "Try another word, or open it yourself." : "Open the first one: everybody here will find it."}
          </Empty>
        )}
        <ul>
          {rooms?.map((room) => (
            <li key={room.id} className={styles.room}>
              <RoomIcon room={room} />
              <div className={styles.about}>
                <h3 dir="auto">{room.name}</h3>
                {room.description && <p dir="auto">{room.description}</p>}
                <small>{memberCount(room.member_count)}</small>
              </div>
              {room.joined ? (
                <Button onClick={() => open(room)}>Open</Button>
              ) : (
                <>
                  <Button look="ghost" aria-label={`Look into ${room.name}`} onClick={() => open(room)}>
                    Look in
                  </Button>
                  <Button
                    look="primary"
                    aria-label={`Join ${room.name}`}
                    disabled={joining.busy}
                    onClick={() => void join(room)}
                  >
                    Join
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
        {more && (
          <Button wide onClick={more}>
            More rooms
          </Button>
        )}
      </div>
    </Dialog>
  );
}
