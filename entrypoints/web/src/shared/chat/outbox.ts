import type { ChatConnection } from "@/shared/api/chat-socket";
import { RequestFailed } from "@/shared/api/problem";
import type { Id, KnownEvent, Message } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { inOrderWritten, type OutboxItem, timeAfter } from "./outbox-item";
import type { OutboxStorage } from "./outbox-storage";
import { randomId } from "./random-id";
import { RetryPauses } from "./retry-pauses";
import type { News, Tabs } from "./tabs";

const conflict = 409;
const signedOut = 401;

/**
 * Sends what one wrote, one message at a time in each room, until each is acknowledged or refused. The stored outbox
 * is the truth, whichever tab wrote it; the store only shows it. Each tab that is connected may send the next entry.
 */
export class Outbox {
  private readonly sending = new Set<Id>();
  private readonly wanted = new Set<Id>();
  private readonly pauses = new RetryPauses();
  private closed = false;

  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
    private readonly storage: OutboxStorage,
    private readonly tabs: Tabs,
    /** Told of the acknowledged message, whose event may have been lost on the way. */
    private readonly onAccepted: (message: Message) => void,
  ) {
    void this.refresh();
  }

  add(roomId: Id, content: string, replyTo: Id | null): void {
    const createdAt = timeAfter(this.items);
    const item = { clientId: randomId(), roomId, content, replyTo, createdAt, refused: null, accepted: null };
    void this.write(item);
  }

  /** A refusal for a client_id already used for other words calls for a new one; any other keeps its own. */
  retry(item: OutboxItem): void {
    const clientId = item.refused?.status === conflict ? randomId() : item.clientId;
    if (clientId !== item.clientId) this.discard(item.clientId);
    void this.write({ ...item, clientId, refused: null });
  }

  discard(clientId: string): void {
    this.hide(clientId);
    void this.storage.remove(clientId).then(() => this.tabs.tell("changed"));
  }

  /** Another tab has sent or changed something. */
  heard(news: Exclude<News, "loggedOut">): void {
    if (news === "changed") void this.refresh();
    else this.accept(news.accepted);
  }

  /** Forgets a message once the room's log shows it. */
  settle(event: KnownEvent): void {
    if (event.type !== "message" || event.message.sender.id !== this.store.get().me?.id) return;
    const { client_id } = event.message;
    if (!client_id || !this.items.some(({ clientId }) => clientId === client_id)) return;
    this.hide(client_id);
    void this.storage.remove(client_id);
  }

  /** Reads again what is stored, which another tab may have changed, and sends what is to be sent. */
  async refresh(): Promise<void> {
    const stored = await this.storage.all();
    if (this.closed) return;
    const accepted = this.items.filter((item) => item.accepted);
    const known = new Set(accepted.map(({ clientId }) => clientId));
    this.show([...accepted, ...stored.filter(({ clientId }) => !known.has(clientId))]);
    this.pumpAll();
  }

  /** There is a connection again. */
  resume(): void {
    this.pauses.clear();
    void this.refresh();
  }

  close(): void {
    this.closed = true;
    this.pauses.clear();
  }

  private get items(): OutboxItem[] {
    return this.store.get().outbox;
  }

  private show(items: OutboxItem[]): void {
    this.store.setOutbox(inOrderWritten(items));
  }

  private hide(clientId: string): void {
    this.show(this.items.filter((each) => each.clientId !== clientId));
  }

  /** Stored before it is first sent, so that a crash in between loses nothing. */
  private async write(item: OutboxItem): Promise<void> {
    this.show([...this.items.filter(({ clientId }) => clientId !== item.clientId), item]);
    if (!(await this.storage.save(item))) this.store.setOutboxKept(false);
    if (this.closed) return;
    this.tabs.tell("changed");
    await this.pump(item.roomId);
  }

  private pumpAll(): void {
    for (const roomId of new Set(this.items.map((item) => item.roomId))) void this.pump(roomId);
  }

  private async pump(roomId: Id): Promise<void> {
    this.wanted.add(roomId);
    if (this.sending.has(roomId)) return;
    this.sending.add(roomId);
    try {
      while (this.maySend(roomId) && this.wanted.delete(roomId))
        await this.tabs.takeTurns(`outbox.${roomId}`, () => this.sendNext(roomId));
    } finally {
      this.sending.delete(roomId);
    }
  }

  /** Not on a connection alone: first it must be known whose it is. */
  private maySend(roomId: Id): boolean {
    return this.store.get().connection === "online" && !this.closed && !this.pauses.has(roomId);
  }

  /** What another tab has sent meanwhile is no longer stored. */
  private async sendNext(roomId: Id): Promise<void> {
    const item = await this.storage.nextWaiting(roomId);
    if (!item || !this.maySend(roomId)) return;
    try {
      const message = await this.send(item);
      this.pauses.reset(roomId);
      await this.storage.remove(item.clientId);
      if (this.closed) return;
      this.tabs.tell({ accepted: message });
      this.accept(message);
    } catch (error) {
      await this.fail(item, error);
    }
    this.wanted.add(roomId);
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

  /** It stays on the page until its event has come round, or the log would show a gap for a moment. */
  private accept(message: Message): void {
    const applied = (this.store.room(message.room_id)?.cursor ?? 0) >= message.seq;
    const { client_id: id } = message;
    if (applied && id) this.hide(id);
    else this.show(this.items.map((each) => (each.clientId === id ? { ...each, accepted: message } : each)));
    this.onAccepted(message);
  }

  private async fail(item: OutboxItem, error: unknown): Promise<void> {
    if (!(error instanceof RequestFailed)) throw error;
    if (this.closed) return;
    if (error.isTransient || error.status === signedOut)
      return this.pauses.start(item.roomId, error.retryAfter, () => void this.pump(item.roomId));
    const refused = { ...item, refused: error.problem };
    this.show(this.items.map((each) => (each.clientId === item.clientId ? refused : each)));
    await this.storage.save(refused);
    if (!this.closed) this.tabs.tell("changed");
  }
}
