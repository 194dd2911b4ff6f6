import { useEffect, useState } from "react";
import type { Id } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";

/** Counts the room as being read while its end is on a page that is visible. */
export function useReading(roomId: Id, atLiveEnd: boolean): void {
  const { session } = useClient();
  const visible = usePageVisible();
  useEffect(() => {
    session.reads.setReading(atLiveEnd && visible ? roomId : null);
    return () => session.reads.setReading(null);
  }, [session, roomId, atLiveEnd, visible]);
}

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === "visible");
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", update);
    return () => document.removeEventListener("visibilitychange", update);
  }, []);
  return visible;
}
