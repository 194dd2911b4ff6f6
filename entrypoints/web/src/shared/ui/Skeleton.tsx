import { Later } from "./Later";
import styles from "./Skeleton.module.css";

const widths = ["62%", "84%", "45%", "71%", "56%", "78%", "38%", "66%"];

/** Grey lines in the place of what is on its way, after the moment in which most things arrive. */
export function Skeleton({ lines, label }: { lines: number; label: string }) {
  return (
    <Later>
      <div className={styles.skeleton} role="status" aria-label={label}>
        {Array.from({ length: lines }, (_, index) => (
          <span key={index} style={{ width: widths[index % widths.length] }} />
        ))}
      </div>
    </Later>
  );
}
