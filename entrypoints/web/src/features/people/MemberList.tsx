import { useMemo, useState } from "react";
import type { ChatRoom, Member } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { leadsIn } from "@/shared/chat/member-rights";
import { Avatar } from "@/shared/ui/Avatar";
import { Button } from "@/shared/ui/Button";
import { displayName } from "@/shared/ui/names";
import { useAsk } from "@/shared/ui/useAsk";
import { InviteDialog } from "./InviteDialog";
import styles from "./MemberList.module.css";
import { byPresence } from "./member-order";
import { PersonDialog } from "./PersonDialog";

/** Who is in the room, those online first. */
export function MemberList({ room }: { room: ChatRoom }) {
  const { api, store } = useClient();
  const members = useChat((state) => state.rooms[room.id]?.members ?? null);
  const next = useChat((state) => state.rooms[room.id]?.membersNext ?? null);
  const online = useChat((state) => state.online);
  const me = useChat((state) => state.me);
  const [shown, setShown] = useState<Member | null>(null);
  const [inviting, setInviting] = useState(false);
  const { busy, ask } = useAsk();
  const groups = useMemo(() => byPresence(members ?? [], online), [members, online]);
  const mayInvite = leadsIn(room, me);

  const more = () => ask(async () => store.takeMembers(room.id, await api.room(room.id, next)));

  return (
    <section className={styles.members} aria-label="Members">
      <h3>
        Members <small>{room.member_count}</small>
      </h3>
      {mayInvite && (
        <Button icon="personAdd" look="ghost" className={styles.invite} onClick={() => setInviting(true)}>
          Add people
        </Button>
      )}
      {group("Online", groups.online, setShown)}
      {group("Offline", groups.offline, setShown)}
      {next && (
        <Button wide look="ghost" disabled={busy} onClick={() => void more()}>
          More members
        </Button>
      )}
      {shown && <PersonDialog room={room} person={shown} onClose={() => setShown(null)} />}
      {inviting && (
        <InviteDialog room={room} members={members?.map(({ id }) => id) ?? []} onClose={() => setInviting(false)} />
      )}
    </section>
  );
}

function group(label: string, members: Member[], onShow: (member: Member) => void) {
  if (!members.length) return null;
  return (
    <>
      <h4 className={styles.label}>
        {label} – {members.length}
      </h4>
      <ul className={label === "Offline" ? styles.offline : undefined}>
        {members.map((member) => (
          <li key={member.id}>
            <button type="button" className={styles.member} onClick={() => onShow(member)}>
              <Avatar person={member} size={28} presence />
              <span dir="auto">{displayName(member)}</span>
              {member.role !== "member" && <small>{member.role}</small>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
