import type { ChatConnection } from "@/shared/api/chat-socket";
import { RequestFailed } from "@/shared/api/problem";
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

  /** After a reconnect or a reload: a mark on its way may have been lost. */
  resume(): void {
    for (const { room, unread } of this.store.joinedRooms())
      if (unread.readSeq > room.read_seq) this.unconfirmed.set(room.id, unread.readSeq);
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
    // What is unread may lie past the events that are here: nobody has seen it yet.
    if (state.unread.readSeq >= state.cursor) return;
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
      const { chat_room } = await this.connection.request("read", { room_id: roomId, seq });
      this.store.takeFacts(chat_room);
      if (this.unconfirmed.get(roomId) === seq) this.unconfirmed.delete(roomId);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.isTransient && this.store.room(roomId)) this.sendIn(retryAfter);
      else this.unconfirmed.delete(roomId);
    }
  }
}
