import { useCallback, useRef, useState } from "react";
import { RequestFailed, sentenceFor } from "@/shared/api/problem";
import type { Id } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import type { TimelineWindow } from "@/shared/chat/timeline-window";

interface HistoryPages {
  error: string;
  before: () => void;
  after: () => void;
  retry: () => void;
}

/** Fetches the next page at either end, one at a time; after a failure it waits to be asked. */
export function useHistoryPages(roomId: Id, window: TimelineWindow): HistoryPages {
  const { session } = useClient();
  const busy = useRef(false);
  const [error, setError] = useState("");

  const load = useCallback(async (page: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    try {
      await page();
      setError("");
    } catch (thrown) {
      if (!(thrown instanceof RequestFailed)) throw thrown;
      setError(sentenceFor(thrown));
    } finally {
      busy.current = false;
    }
  }, []);

  const { hasBefore, hasAfter } = window;
  const before = useCallback(() => {
    if (hasBefore && !error) void load(() => session.history.before(roomId));
  }, [hasBefore, error, load, session, roomId]);
  const after = useCallback(() => {
    if (hasAfter && !error) void load(() => session.history.after(roomId));
  }, [hasAfter, error, load, session, roomId]);

  return { error, before, after, retry: useCallback(() => setError(""), []) };
}
