import type { ChatConnection } from "@/shared/api/chat-socket";
import { RequestFailed } from "@/shared/api/problem";
import type { Id, Message, RoomEvent } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import type { OutboxItem } from "./outbox-item";
import type { OutboxStorage } from "./outbox-storage";
import { randomId } from "./random-id";

const firstPause = 1_000;
const longestPause = 15_000;
const conflict = 409;
const signedOut = 401;

/** Sends what one wrote, one message at a time in each room, until each is acknowledged or refused. */
export class Outbox {
  private readonly inFlight = new Set<Id>();
  private readonly pauses = new Map<Id, number>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
    private readonly storage: OutboxStorage,
    /** Told of the acknowledged message, whose event may have been lost on the way. */
    private readonly onAccepted: (message: Message) => void,
  ) {
    this.adopt();
  }

  add(roomId: Id, content: string, replyTo: Id | null): void {
    const item: OutboxItem = {
      clientId: randomId(),
      roomId,
      content,
      replyTo,
      createdAt: new Date().toISOString(),
      owner: this.storage.page,
      refused: null,
      accepted: null,
    };
    this.storage.save(item);
    this.store.setOutbox([...this.items, item]);
    void this.pump(roomId);
  }

  /** A refusal for a client_id already used for other words calls for a new one; any other keeps its own. */
  retry(item: OutboxItem): void {
    const clientId = item.refused?.status === conflict ? randomId() : item.clientId;
    this.storage.remove(item.clientId);
    const again = { ...item, clientId, refused: null };
    this.storage.save(again);
    this.store.setOutbox(this.items.map((each) => (each.clientId === item.clientId ? again : each)));
    void this.pump(item.roomId);
  }

  discard(clientId: string): void {
    this.storage.remove(clientId);
    this.store.setOutbox(this.items.filter((each) => each.clientId !== clientId));
  }

  /** Forgets a message once the room's log shows it. */
  settle(event: RoomEvent): void {
    const me = this.store.get().me;
    if (event.type !== "message" || event.message.sender.id !== me?.id) return;
    const { client_id } = event.message;
    if (client_id && this.items.some(({ clientId }) => clientId === client_id)) this.discard(client_id);
  }

  resume(): void {
    this.pauses.clear();
    for (const roomId of new Set(this.items.map((item) => item.roomId))) void this.pump(roomId);
  }

  /** Called now and then, and at the start: sends what pages that are gone have left. */
  adopt(): void {
    this.storage.beat();
    const adopted = this.storage.adopt();
    if (!adopted.length) return;
    this.store.setOutbox([...adopted, ...this.items]);
    this.resume();
  }

  /** Messages stay in storage for the next time; only this page lets go of them. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.storage.leave();
  }

  forget(): void {
    for (const { clientId } of this.items) this.storage.remove(clientId);
    this.close();
  }

  private get items(): OutboxItem[] {
    return this.store.get().outbox;
  }

  private async pump(roomId: Id): Promise<void> {
    const item = this.items.find((each) => each.roomId === roomId && !each.refused && !each.accepted);
    if (!item || this.inFlight.has(roomId) || !this.connection.connected) return;
    if (!this.storage.owns(item.clientId)) return this.giveUp(item);
    this.inFlight.add(roomId);
    try {
      this.accept(item, await this.send(item));
      this.pauses.delete(roomId);
    } catch (error) {
      this.fail(item, error);
    } finally {
      this.inFlight.delete(roomId);
    }
    if (!this.pauses.has(roomId)) await this.pump(roomId);
  }

  private async send(item: OutboxItem): Promise<Message> {
    const { message } = await this.connection.request("send_message", {
      room_id: item.roomId,
      message: item.content,
      client_id: item.clientId,
      ...(item.replyTo === null ? {} : { reply_to: item.replyTo }),
    });
    return message;
  }

  private accept(item: OutboxItem, message: Message): void {
    this.storage.remove(item.clientId);
    const applied = (this.store.room(item.roomId)?.cursor ?? 0) >= message.seq;
    if (applied) this.store.setOutbox(this.items.filter((each) => each.clientId !== item.clientId));
    else this.replace(item.clientId, { accepted: message });
    this.onAccepted(message);
  }

  private fail(item: OutboxItem, error: unknown): void {
    if (!(error instanceof RequestFailed)) throw error;
    if (error.isTransient || error.status === signedOut) return this.pause(item.roomId, error.retryAfter);
    const refused = { ...item, refused: error.problem };
    this.storage.save(refused);
    this.replace(item.clientId, refused);
  }

  /** Another page has adopted it, as happens after this one slept for long. */
  private giveUp(item: OutboxItem): void {
    this.store.setOutbox(this.items.filter((each) => each.clientId !== item.clientId));
    void this.pump(item.roomId);
  }

  private pause(roomId: Id, seconds: number | null): void {
    const doubled = Math.min((this.pauses.get(roomId) ?? firstPause / 2) * 2, longestPause);
    this.pauses.set(roomId, doubled);
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        void this.pump(roomId);
      },
      seconds === null ? doubled : seconds * 1_000,
    );
    this.timers.add(timer);
  }

  private replace(clientId: string, change: Partial<OutboxItem>): void {
    this.store.setOutbox(this.items.map((each) => (each.clientId === clientId ? { ...each, ...change } : each)));
  }
}
