import type { Id } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { namesInWords } from "@/shared/ui/names";
import styles from "./TypingLine.module.css";

const nobody: [] = [];

/** "Ada is typing…", in a line whose room is always kept. */
export function TypingLine({ roomId }: { roomId: Id }) {
  const people = useChat((state) => state.typing[roomId] ?? nobody);
  return (
    <p className={styles.line} aria-live="polite">
      {people.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {people.length > 3
            ? "Several people are typing…"
            : `${namesInWords(people)} ${people.length === 1 ? "is" : "are"} typing…`}
        </>
      )}
    </p>
  );
}
