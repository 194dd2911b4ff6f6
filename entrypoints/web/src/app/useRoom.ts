import { useEffect, useState } from "react";
import { RequestFailed } from "@/shared/api/problem";
import type { Id, Seq } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";

interface OpenRoom {
  status: "loading" | "ready" | "missing" | "failed";
  /** The message to show, once it is loaded. */
  target: Seq | null;
  retry: () => void;
}

/** Loads a room when its page opens, and the stretch around a message when the address names one. */
export function useRoom(roomId: Id, seq: Seq | null): OpenRoom {
  const { store, session } = useClient();
  const joined = useChat((state) => state.rooms[roomId]?.room.joined ?? false);
  const stale = useChat((state) => state.connection === "online" && state.rooms[roomId]?.members === null);
  const [opened, setOpened] = useState<Omit<OpenRoom, "retry">>({ status: "loading", target: null });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    async function open() {
      try {
        await (seq === null ? session.history.open(roomId) : session.history.openAt(roomId, seq));
        if (!current) return;
        store.openRoom(roomId);
        setOpened({ status: "ready", target: seq });
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        if (current) setOpened({ status: error.status === 404 ? "missing" : "failed", target: null });
      }
    }
    void open();
    return () => {
      current = false;
    };
  }, [store, session, roomId, seq, joined, attempt]);

  // What is shown was kept from the last time, or has just been dropped: the server is there again to be asked.
  const opening = opened.status === "loading";
  useEffect(() => {
    if (stale && !opening) session.history.newest(roomId).catch(unlessFailed);
  }, [session, roomId, stale, opening]);

  return { ...opened, retry: () => setAttempt(attempt + 1) };
}

/** The next connection asks again, and `sync` knows of rooms that are gone. */
function unlessFailed(error: unknown): void {
  if (!(error instanceof RequestFailed)) throw error;
}
