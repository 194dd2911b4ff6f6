import { useEffect, useRef, useState } from "react";
import type { Id } from "@/shared/api/wire";
import type { TimelineEntry } from "@/shared/chat/timeline-window";
import { displayName } from "@/shared/ui/names";
import { noticeText } from "./notice-text";

/** Reads new messages out to a screen reader, and not the history that one scrolls through. */
export function Announcer({ entries, live, me }: { entries: TimelineEntry[]; live: boolean; me: Id }) {
  const last = entries.at(-1);
  const heard = useRef(last?.seq ?? 0);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!last || last.seq <= heard.current) return;
    const news = entries.filter((entry) => entry.seq > heard.current);
    heard.current = last.seq;
    if (live)
      setWords(
        news
          .map((entry) => sentence(entry, me))
          .filter(Boolean)
          .slice(-3)
          .join(" "),
      );
  }, [entries, last, live, me]);
  return (
    <p className="sr-only" aria-live="polite">
      {words}
    </p>
  );
}

function sentence(entry: TimelineEntry, me: Id): string {
  if ("notice" in entry) return `${noticeText(entry.notice)}.`;
  return entry.message.sender.id === me ? "" : `${displayName(entry.message.sender)}: ${entry.message.content}.`;
}
