import type { ChatApi } from "@/shared/api/chat-api";
import type { ChatConnection } from "@/shared/api/chat-socket";
import { RequestFailed } from "@/shared/api/problem";
import type { ChatRoom, EventsPage, Id, KnownEvent, RoomEvent, Seq } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { isKnown } from "./events/kinds";
import { isBehind } from "./room-log";

const tooFarBehind = 1_000;
const retryDelay = 2_000;
const newerDelay = 250;
const unknownPause = 2_000;

/** Keeps every room's log whole: what a push or a beacon shows to be missing is fetched, in order. */
export class RoomSync {
  private wanted = false;
  private running = false;
  private firstTime = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private unknownTimer: ReturnType<typeof setTimeout> | undefined;
  private heardOfUnknown = false;

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
    private readonly api: Pick<ChatApi, "room">,
    private readonly onEvent: (event: KnownEvent) => void,
    /** True when it is another than the cursors are of; then the answer is of no use. */
    private readonly isOtherEpoch: (epoch: string) => boolean,
  ) {}

  receive(event: RoomEvent): void {
    this.take(event);
    this.syncIfNeeded(event.room_id);
  }

  heads(rooms: Record<string, Seq>): void {
    for (const [id, seq] of Object.entries(rooms)) this.head(Number(id), seq);
  }

  head(roomId: Id, seq: Seq): void {
    this.store.heardOf(roomId, seq);
    this.syncIfNeeded(roomId);
  }

  added(room: ChatRoom): void {
    this.store.addRoom(room);
    this.outdate();
  }

  removed(roomId: Id): void {
    this.store.removeRoom(roomId);
    this.outdate();
  }

  syncIfBehind(roomId: Id): void {
    const state = this.store.room(roomId);
    if (state?.room.joined && isBehind(state)) void this.run();
  }

  /** Asks for what has been missed, in all rooms at once, until nothing is. */
  async run(): Promise<void> {
    this.wanted = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.wanted && this.connection.connected) await this.round();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.isTransient) this.runIn(error.retryAfter === null ? retryDelay : error.retryAfter * 1_000);
    } finally {
      this.running = false;
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.unknownTimer);
    this.wanted = false;
  }

  private syncIfNeeded(roomId: Id): void {
    if (this.store.room(roomId)?.room.joined) this.syncIfBehind(roomId);
    else this.syncForUnknown();
  }

  /**
   * Whoever is told of a room may be in it without having been told so, or may have left it while this was on its way:
   * the server knows. It is asked at once, and after a pause once more if anything of the kind came meanwhile.
   */
  private syncForUnknown(): void {
    if (this.store.get().connection !== "online") return; // Or else somebody else's rooms may come; `run` follows.
    this.heardOfUnknown = this.unknownTimer !== undefined;
    if (this.heardOfUnknown) return;
    this.unknownTimer = setTimeout(() => {
      this.unknownTimer = undefined;
      if (this.heardOfUnknown) this.syncForUnknown();
    }, unknownPause);
    void this.run();
  }

  private async round(): Promise<void> {
    const cursors = this.cursors();
    this.wanted = false;
    const { rooms, joined, gone, epoch } = await this.connection.request("sync", { rooms: cursors });
    if (this.isOtherEpoch(epoch)) return;
    this.firstTime = false;
    for (const id of gone) this.store.removeRoom(id);
    for (const room of joined) this.store.addRoom(room);
    for (const [id, synced] of Object.entries(rooms)) await this.catchUp(Number(id), synced, cursors[Number(id)] ?? 0);
  }

  /** An answer that is on its way may be of a moment before: it is asked for again. */
  private outdate(): void {
    if (this.running) this.wanted = true;
  }

  /** The first time one event earlier, only to learn when each room last spoke; it is dropped as known. */
  private cursors(): Record<Id, Seq> {
    const back = this.firstTime ? 1 : 0;
    const states = this.store.joinedRooms();
    return Object.fromEntries(states.map(({ room, cursor }) => [room.id, Math.max(0, cursor - back)]));
  }

  private async catchUp(roomId: Id, synced: EventsPage, asked: Seq): Promise<void> {
    const wentBack = synced.last_seq < asked;
    const far = synced.has_more && synced.last_seq - asked > tooFarBehind;
    // Of a log that begins only after what is known, nothing before will come any more.
    const beginsLater = synced.first_seq > (this.store.room(roomId)?.cursor ?? asked) + 1;
    if (wentBack || far || beginsLater) return this.startAfresh(roomId);
    for (const event of synced.events) this.take(event);
    this.store.heardOf(roomId, synced.last_seq);
    const state = this.store.room(roomId);
    if (!state || !isBehind(state)) return;
    if (state.cursor > asked || synced.has_more) this.wanted = true;
    else if (state.cursor < synced.last_seq) await this.startAfresh(roomId);
    else this.runIn(newerDelay); // What was heard of is newer than this answer.
  }

  private take(event: RoomEvent): void {
    this.store.receive(event);
    if (isKnown(event)) this.onEvent(event);
  }

  /** A snapshot in place of a log that is too long, begins later, or that an older backup has replaced. */
  private async startAfresh(roomId: Id): Promise<void> {
    try {
      this.store.restart(await this.api.room(roomId));
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.status !== 404) throw error;
      this.store.removeRoom(roomId);
    }
  }

  private runIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), milliseconds);
  }
}
