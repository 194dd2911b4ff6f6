import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { RequestFailed, sentenceFor } from "@/shared/api/problem";
import type { Message, OwnUser, Seq } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { isWaiting, type OutboxItem, unsentIn } from "@/shared/chat/outbox-item";
import type { RoomState } from "@/shared/chat/room-state";
import type { TimelineWindow } from "@/shared/chat/timeline-window";
import { unreadCount } from "@/shared/chat/unread";
import { Button } from "@/shared/ui/Button";
import { Skeleton } from "@/shared/ui/Skeleton";
import { DeleteMessageDialog } from "./DeleteMessageDialog";
import { rowsOf, withoutJoins } from "./grouping";
import { JumpToLatest } from "./JumpToLatest";
import { moveByArrows } from "./keyboard";
import { TimelineRows } from "./TimelineRows";
import styles from "./Timeline.module.css";
import { UnsentNote } from "./UnsentNote";
import { useHistoryPages } from "./useHistoryPages";
import { useReading } from "./useReading";
import { useTimelineScroll } from "./useTimelineScroll";

interface TimelineProps {
  state: RoomState & { window: TimelineWindow };
  me: OwnUser;
  /** The message that a permalink names. */
  target: Seq | null;
  editing: Message | null;
  onEdit: (message: Message | null) => void;
  onReply: (message: Message) => void;
  onEditUnsent: (item: OutboxItem) => void;
  /** What stands above the first message ever. */
  intro: ReactNode;
}

export function Timeline({ state, me, target, editing, onEdit, onReply, onEditUnsent, intro }: TimelineProps) {
  const { room, window, divider } = state;
  const client = useClient();
  const outbox = useChat((chat) => chat.outbox);
  const unsent = useMemo(() => unsentIn(state, outbox), [outbox, state]);
  const pages = useHistoryPages(room.id, window);
  const scroll = useTimelineScroll({ onNearStart: pages.before, onNearEnd: pages.after });
  const { toEnd, show } = scroll;
  const [highlighted, setHighlighted] = useState<Seq | null>(null);
  const [deleting, setDeleting] = useState<Message | null>(null);
  const atLiveEnd = scroll.atEnd && !window.hasAfter;
  useReading(room.id, atLiveEnd);

  const showSeq = useCallback(
    (seq: Seq) => {
      const isShown = show(`[data-seq="${seq}"]`, 0.4);
      if (isShown) setHighlighted(seq);
      return isShown;
    },
    [show],
  );

  // What the page does not have is loaded first, and shown when its rows are there.
  const [jump, setJump] = useState<{ seq: Seq } | null>(null);
  useLayoutEffect(() => {
    if (jump) showSeq(jump.seq);
  }, [jump, showSeq]);

  const goTo = useCallback(
    async (seq: Seq) => {
      if (showSeq(seq)) return;
      try {
        await client.session.history.openAt(room.id, seq);
        setJump({ seq });
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        client.toasts.show(sentenceFor(error));
      }
    },
    [client, room.id, showSeq],
  );

  const toLatest = useCallback(async () => {
    if (window.hasAfter) await client.session.history.newest(room.id).catch(() => {});
    toEnd();
  }, [client, room.id, window.hasAfter, toEnd]);

  // Where to stand when the room opens: at the named message, at the first unread one, or at the end.
  const opened = useRef(false);
  useLayoutEffect(() => {
    if (target !== null) showSeq(target);
    else if (opened.current || !show("[data-divider]", 0.2)) toEnd();
    opened.current = true;
  }, [target, showSeq, show, toEnd]);

  // What one has just written is what one wants to see.
  const lastUnsent = unsent.at(-1)?.clientId;
  const seenUnsent = useRef(lastUnsent);
  useEffect(() => {
    if (lastUnsent && lastUnsent !== seenUnsent.current) void toLatest();
    seenUnsent.current = lastUnsent;
  }, [lastUnsent, toLatest]);

  useEffect(() => {
    if (atLiveEnd) client.session.history.trim(room.id);
  }, [atLiveEnd, client, room.id, window.entries.length]);

  const actions = useMemo(
    () => ({
      onReply,
      onEdit,
      onDelete: setDeleting,
      onShow: (seq: Seq) => void goTo(seq),
    }),
    [onReply, onEdit, goTo],
  );

  const rows = useMemo(
    () =>
      rowsOf(room.kind === "direct" ? withoutJoins(window.entries) : window.entries, {
        me: me.id,
        divider,
        hasBefore: window.hasBefore,
        unsent: window.hasAfter ? [] : unsent,
      }),
    [room.kind, window, me.id, divider, unsent],
  );

  return (
    <div className={styles.frame}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows move between the messages in it */}
      <div
        className={styles.scroller}
        ref={scroll.scroller}
        onScroll={scroll.onScroll}
        onKeyDown={moveByArrows}
        role="log"
        // At the end what comes is news; further up it is the history that one scrolls through.
        aria-live={atLiveEnd ? "polite" : "off"}
        aria-label={`Messages in ${room.name}`}
      >
        <div className={styles.content} ref={scroll.content}>
          {window.hasBefore ? <Before error={pages.error} onRetry={pages.retry} /> : intro}
          <TimelineRows
            rows={rows}
            state={state}
            me={me}
            editing={editing}
            highlighted={highlighted}
            actions={actions}
            onEditUnsent={onEditUnsent}
          />
          <UnsentNote waiting={window.hasAfter ? 0 : unsent.filter(isWaiting).length} />
        </div>
      </div>
      <JumpToLatest shown={!atLiveEnd} unread={unreadCount(state.unread)} onJump={() => void toLatest()} />
      {deleting && <DeleteMessageDialog message={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function Before({ error, onRetry }: { error: string; onRetry: () => void }) {
  return (
    <div className={styles.before}>
      {error ? (
        <>
          <p>{error}</p>
          <Button onClick={onRetry}>Try again</Button>
        </>
      ) : (
        <Skeleton lines={3} label="Loading earlier messages" />
      )}
    </div>
  );
}
