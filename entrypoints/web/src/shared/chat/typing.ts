import type { ChatConnection } from "@/shared/api/chat-socket";
import type { Id, Person } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";

const tellEvery = 3_000;
const shownFor = 5_000;

/** Tells the others that one is typing, and forgets those who have stopped. Nothing of it is stored. */
export class Typing {
  private lastTold = new Map<Id, number>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
    private readonly now: () => number = Date.now,
  ) {}

  tell(roomId: Id): void {
    if (!this.connection.connected || this.now() - (this.lastTold.get(roomId) ?? -tellEvery) < tellEvery) return;
    this.lastTold.set(roomId, this.now());
    this.connection.request("typing", { room_id: roomId }).catch(() => {
      // It is only a hint, and the next key press gives another.
    });
  }

  /** A message is out: the next key press is news again. */
  sent(roomId: Id): void {
    this.lastTold.delete(roomId);
  }

  heard(roomId: Id, person: Person): void {
    const key = `${roomId}.${person.id}`;
    clearTimeout(this.timers.get(key));
    this.store.startTyping(roomId, person);
    this.timers.set(
      key,
      setTimeout(() => this.store.stopTyping(roomId, person.id), shownFor),
    );
  }
}
