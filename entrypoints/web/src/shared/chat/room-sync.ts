import type { ChatApi } from "@/shared/api/chat-api";
import type { ChatConnection } from "@/shared/api/chat-socket";
import type { SyncedRoom } from "@/shared/api/events";
import { RequestFailed } from "@/shared/api/problem";
import type { ChatRoom, Id, RoomEvent, Seq } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { isBehind } from "./room-log";

const tooFarBehind = 1_000;
const retryDelay = 2_000;

/** Keeps every room's log whole: what a push or a beacon shows to be missing is fetched, in order. */
export class RoomSync {
  private readonly wanted = new Set<Id>();
  private running = false;
  private firstTime = true;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
    private readonly api: Pick<ChatApi, "room">,
    private readonly onEvent: (event: RoomEvent) => void,
  ) {}

  receive(event: RoomEvent): void {
    this.take(event);
    this.syncIfBehind(event.room_id);
  }

  heads(rooms: Record<string, Seq>): void {
    for (const [id, seq] of Object.entries(rooms)) this.head(Number(id), seq);
  }

  head(roomId: Id, seq: Seq): void {
    this.store.heardOf(roomId, seq);
    this.syncIfBehind(roomId);
  }

  /** After each connect: everything may have moved on. */
  all(): Promise<void> {
    for (const { room } of this.store.joinedRooms()) this.wanted.add(room.id);
    return this.run(true);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wanted.clear();
  }

  syncIfBehind(roomId: Id): void {
    const state = this.store.room(roomId);
    if (!state?.room.joined || !isBehind(state)) return;
    this.wanted.add(roomId);
    void this.run();
  }

  private async run(evenIfEmpty = false): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      let go = evenIfEmpty;
      while ((go || this.wanted.size) && this.connection.connected) {
        go = false;
        await this.round();
      }
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.isTransient) this.retryLater();
    } finally {
      this.running = false;
    }
  }

  private async round(): Promise<void> {
    const cursors = this.cursors();
    this.wanted.clear();
    try {
      const { rooms, joined, gone } = await this.connection.request("sync", { rooms: cursors });
      this.firstTime = false;
      for (const id of gone) this.store.removeRoom(id);
      for (const room of joined) await this.addJoined(room);
      for (const [id, synced] of Object.entries(rooms)) await this.catchUp(Number(id), synced, cursors[Number(id)] ?? 0);
    } catch (error) {
      for (const id of Object.keys(cursors)) this.wanted.add(Number(id));
      throw error;
    }
  }

  /** The first time one event earlier, only to learn when each room last spoke; it is dropped as known. */
  private cursors(): Record<Id, Seq> {
    const cursors: Record<Id, Seq> = {};
    for (const id of this.wanted) {
      const state = this.store.room(id);
      if (state?.room.joined) cursors[id] = this.firstTime ? Math.max(0, state.cursor - 1) : state.cursor;
    }
    return cursors;
  }

  private async catchUp(roomId: Id, synced: SyncedRoom, asked: Seq): Promise<void> {
    const wentBack = synced.last_seq < asked;
    const far = synced.has_more && synced.last_seq - asked > tooFarBehind;
    if (wentBack || far) return this.startAfresh(roomId);
    for (const event of synced.events) this.take(event);
    this.store.heardOf(roomId, synced.last_seq);
    const state = this.store.room(roomId);
    if (!state || !isBehind(state)) return;
    if (state.cursor > asked || synced.has_more) this.wanted.add(roomId);
    else await this.startAfresh(roomId);
  }

  private take(event: RoomEvent): void {
    this.store.receive(event);
    this.onEvent(event);
  }

  /** A snapshot in place of a log that is too long, or that an older backup has replaced. */
  private async startAfresh(roomId: Id): Promise<void> {
    try {
      this.store.takeSnapshot(await this.api.room(roomId));
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 404) this.store.removeRoom(roomId);
      else throw error;
    }
  }

  private async addJoined(room: ChatRoom | Id): Promise<void> {
    const known = typeof room === "number" ? this.store.room(room)?.room : room;
    this.store.addRoom(known ?? (await this.api.room(room as Id)));
  }

  private retryLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), retryDelay);
  }
}
