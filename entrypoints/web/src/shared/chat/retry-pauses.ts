import type { Id } from "@/shared/api/wire";

const first = 1_000;
const longest = 15_000;

/** After a failure a room waits, each time twice as long, or as long as the server asks. */
export class RetryPauses {
  private readonly lengths = new Map<Id, number>();
  private readonly timers = new Map<Id, ReturnType<typeof setTimeout>>();

  has(roomId: Id): boolean {
    return this.timers.has(roomId);
  }

  start(roomId: Id, seconds: number | null, onOver: () => void): void {
    const length = Math.min((this.lengths.get(roomId) ?? first / 2) * 2, longest);
    this.lengths.set(roomId, length);
    const over = () => {
      this.timers.delete(roomId);
      onOver();
    };
    this.timers.set(roomId, setTimeout(over, seconds === null ? length : seconds * 1_000));
  }

  /** It went well: the next pause is a short one again. */
  reset(roomId: Id): void {
    this.lengths.delete(roomId);
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.lengths.clear();
  }
}
