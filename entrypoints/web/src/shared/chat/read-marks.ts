import type { ChatConnection } from "@/shared/api/chat-socket";
import type { Id, Seq } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { unreadCount } from "./unread";

const gatherFor = 300;
const retryAfter = 3_000;

/** Moves the read mark while the room that is open, visible and at its end keeps growing. */
export class ReadMarks {
  /** Marks that the server has not confirmed yet. */
  private readonly unconfirmed = new Map<Id, Seq>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
  ) {
    this.unsubscribe = store.subscribe(() => this.readNow());
  }

  setReading(roomId: Id | null): void {
    if (this.store.get().reading !== roomId) this.store.setReading(roomId);
  }

  /** After a reconnect: a mark on its way may have been lost. */
  resume(): void {
    this.sendIn(0);
  }

  close(): void {
    this.unsubscribe();
    clearTimeout(this.timer);
  }

  private readNow(): void {
    const { reading, rooms } = this.store.get();
    const state = reading === null ? undefined : rooms[reading];
    if (!state?.room.joined || unreadCount(state.unread) === 0) return;
    this.unconfirmed.set(state.room.id, state.cursor);
    this.sendIn(gatherFor);
    this.store.readUpTo(state.room.id, state.cursor);
  }

  private sendIn(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const [roomId, seq] of this.unconfirmed) void this.send(roomId, seq);
    }, milliseconds);
  }

  private async send(roomId: Id, seq: Seq): Promise<void> {
    if (!this.connection.connected) return;
    try {
      await this.connection.request("read", { room_id: roomId, seq });
      if (this.unconfirmed.get(roomId) === seq) this.unconfirmed.delete(roomId);
    } catch {
      if (this.store.room(roomId)) this.sendIn(retryAfter);
      else this.unconfirmed.delete(roomId);
    }
  }
}
