import { useLocation } from "wouter";
import type { ChatRoom, Member, Role } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { Avatar } from "@/shared/ui/Avatar";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/Field";
import { Choice, Choices } from "@/shared/ui/Form";
import { displayName } from "@/shared/ui/names";
import { useAsk } from "@/shared/ui/useAsk";
import { mayRemove, roleIn, rolesToGive } from "@/shared/chat/member-rights";
import styles from "./PersonDialog.module.css";

const roles: Record<Role, string> = {
  owner: "May do everything, and delete the room.",
  moderator: "May remove people and messages, and edit the room.",
  member: "May read and write.",
};

/** A member of a room: write to them, or change what they may do here. */
export function PersonDialog({ room, person, onClose }: { room: ChatRoom; person: Member; onClose: () => void }) {
  const { api, store, toasts } = useClient();
  const [, navigate] = useLocation();
  const me = useChat((state) => state.me);
  const online = useChat((state) => state.online[person.id] ?? false);
  const role =
    useChat((state) => state.rooms[room.id]?.members?.find(({ id }) => id === person.id)?.role) ?? person.role;
  const { busy, error, ask } = useAsk();
  const isMe = person.id === me?.id;
  const mine = roleIn(room, me);
  const offered = isMe ? [] : rolesToGive(mine, role);

  const write = () =>
    ask(async () => {
      const direct = await api.direct([person.id]);
      store.addRoom(direct);
      onClose();
      navigate(`/chat/${direct.id}`);
    });

  const remove = () =>
    ask(async () => {
      await api.removeMember(room.id, person.id);
      toasts.show(`${displayName(person)} was removed from ${room.name}.`);
      onClose();
    });

  return (
    <Dialog title={displayName(person)} onClose={onClose}>
      <div className={styles.person}>
        <Avatar person={person} size={64} />
        <div>
          <p>@{person.username}</p>
          <p className={styles.about}>
            {online ? "Online" : "Offline"}
            {room.kind !== "direct" && ` · ${role} of ${room.name}`}
          </p>
        </div>
      </div>
      <FormError>{error}</FormError>
      {offered.length > 0 && room.kind !== "direct" && (
        <Choices legend={`Role in ${room.name}`}>
          {offered.map((each) => (
            <Choice
              key={each}
              name="role"
              icon={each === "member" ? "chat" : "people"}
              label={each[0]?.toUpperCase() + each.slice(1)}
              hint={roles[each]}
              checked={each === role}
              disabled={busy}
              onChange={() => void ask(() => api.setMember(room.id, person.id, each))}
            />
          ))}
        </Choices>
      )}
      {!isMe && (
        <div className={styles.actions}>
          <Button look="primary" icon="chat" disabled={busy} onClick={() => void write()}>
            Message
          </Button>
          {room.kind !== "direct" && mayRemove(mine, role) && (
            <Button look="ghost" className={styles.remove} disabled={busy} onClick={() => void remove()}>
              Remove from room
            </Button>
          )}
        </div>
      )}
    </Dialog>
  );
}
