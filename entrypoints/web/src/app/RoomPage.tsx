import { useCallback, useRef, useState } from "react";
import { Composer, type ComposerHandle } from "@/features/composer/Composer";
import { InviteDialog } from "@/features/people/InviteDialog";
import { TypingLine } from "@/features/presence/TypingLine";
import { Timeline } from "@/features/timeline/Timeline";
import type { Id, Message, OwnUser, Seq } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { lastOwnMessage } from "@/shared/chat/timeline-window";
import { Button } from "@/shared/ui/Button";
import { Empty } from "@/shared/ui/Empty";
import { Skeleton } from "@/shared/ui/Skeleton";
import { JoinBar } from "./JoinBar";
import { MissingRoom } from "./MissingRoom";
import { RoomDetails } from "./RoomDetails";
import { RoomHeader } from "./RoomHeader";
import { RoomIntro } from "./RoomIntro";
import styles from "./RoomPage.module.css";
import { useDetails } from "./useDetails";
import { useRoom } from "./useRoom";

export function RoomPage({ me, roomId, seq }: { me: OwnUser; roomId: Id; seq: Seq | null }) {
  const { session } = useClient();
  const state = useChat((chat) => chat.rooms[roomId]);
  const { status, target, retry } = useRoom(roomId, seq);
  const details = useDetails();
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [editing, setEditing] = useState<Message | null>(null);
  const [inviting, setInviting] = useState(false);
  const composer = useRef<ComposerHandle>(null);

  const edit = useCallback((message: Message | null) => {
    setEditing(message);
    if (!message) composer.current?.focus();
  }, []);

  if (status === "missing" || (status === "ready" && !state)) return <MissingRoom />;
  if (status === "failed" && !state?.window)
    return (
      <main className={styles.blank} id="main" tabIndex={-1}>
        <Empty
          page
          icon="warning"
          title="This room could not be loaded"
          actions={<Button onClick={retry}>Try again</Button>}
        >
          The server did not answer. Your connection may be gone for the moment.
        </Empty>
      </main>
    );

  return (
    <div className={details.pane ? `${styles.page} ${styles.withDetails}` : styles.page}>
      <main className={styles.room} id="main" tabIndex={-1}>
        {state && <RoomHeader room={state.room} detailsShown={details.shown} onDetails={details.toggle} />}
        {status === "loading" || !state?.window ? (
          <div className={styles.loading}>
            <Skeleton lines={8} label="Loading messages" />
          </div>
        ) : (
          <Timeline
            state={{ ...state, window: state.window }}
            me={me}
            target={target}
            editing={editing}
            onEdit={edit}
            onReply={setReplyTo}
            onEditUnsent={(item) => {
              session.outbox.discard(item.clientId);
              composer.current?.put(item.content);
            }}
            intro={<RoomIntro room={state.room} isEmpty={isEmpty(state.window)} onInvite={() => setInviting(true)} />}
          />
        )}
        {state && (
          <footer className={styles.foot}>
            {state.room.joined ? (
              <Composer
                ref={composer}
                room={state.room}
                replyTo={replyTo}
                onCancelReply={() => setReplyTo(null)}
                onEditLast={() => setEditing(lastOwnMessage(state.window, me.id) ?? null)}
              />
            ) : (
              <JoinBar room={state.room} />
            )}
            <TypingLine roomId={roomId} />
          </footer>
        )}
      </main>
      {state && details.shown && <RoomDetails room={state.room} pane={details.pane} onClose={details.toggle} />}
      {inviting && state && (
        <InviteDialog
          room={state.room}
          members={state.members?.map(({ id }) => id) ?? []}
          onClose={() => setInviting(false)}
        />
      )}
    </div>
  );
}

function isEmpty(window: { entries: object[] }): boolean {
  return !window.entries.some((entry) => "message" in entry);
}
