import { ChatSocket } from "@/shared/api/chat-socket";
import type { ChatApi } from "@/shared/api/chat-api";
import { RequestFailed } from "@/shared/api/problem";

import type { ChatRoom, KnownEvent, Me, OwnUser } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { Drafts } from "./drafts";
import { History } from "./history";
import type { KeyValue } from "./key-value";
import { Outbox } from "./outbox";
import { OutboxStorage } from "./outbox-storage";
import { Presence } from "./presence";
import { ReadMarks } from "./read-marks";
import { RoomCache } from "./room-cache";
import { RoomSync } from "./room-sync";
import { Tabs } from "./tabs";
import { Typing } from "./typing";
import { UserDatabase } from "./user-database";

const retryDelay = 3_000;

/** What remains in this browser when someone is no longer signed in. */
export type Kept = "everything" | "unsent" | "nothing";

interface Surroundings {
  store: ChatStore;
  api: ChatApi;
  values: KeyValue;
  /** Who the server says is signed in, asked anew at each connect. */
  whoAmI: () => Promise<Me>;
  onEnded: (code: string | null) => void;
}

/** Presence is a courtesy, and the next connect asks again. */
function ignored(): void {}

/** One person's live chat, from signing in to signing out: the connection and all that hangs on it. */
export class ChatSession {
  readonly outbox: Outbox;
  readonly reads: ReadMarks;
  readonly typing: Typing;
  readonly history: History;
  readonly drafts: Drafts;
  private readonly sync: RoomSync;
  private readonly socket: ChatSocket;
  private readonly presence: Presence;
  private readonly database: UserDatabase;
  private readonly tabs: Tabs;
  private readonly cache: RoomCache;
  private listed: Promise<void> = Promise.resolve();
  private startingOver = false;
  private closed = false;

  constructor(
    private readonly me: OwnUser,
    private readonly around: Surroundings,
  ) {
    const { store, api, values } = around;
    this.socket = new ChatSocket({
      onConnected: () => void this.connected(),
      onDisconnected: () => {
        store.setConnection("offline");
        store.setOnline({ [me.id]: false });
      },
      onRefused: (status) => (status === 401 ? around.onEnded(null) : store.setConnection("offline")),
    });
    this.database = new UserDatabase(me.id);
    this.tabs = new Tabs(me.id);
    this.tabs.onNews = (news) => (news === "loggedOut" ? around.onEnded(null) : this.outbox.heard(news));
    this.cache = new RoomCache(store, this.database);
    this.sync = new RoomSync(
      store,
      this.socket,
      api,
      (event) => this.applied(event),
      (epoch) => this.isOther(epoch),
    );
    this.outbox = new Outbox(store, this.socket, new OutboxStorage(this.database), this.tabs, (message) =>
      this.sync.head(message.room_id, message.seq),
    );
    this.reads = new ReadMarks(store, this.socket);
    this.typing = new Typing(store, this.socket);
    this.history = new History(store, api, (roomId) => this.sync.syncIfBehind(roomId));
    this.drafts = new Drafts(values, me.id);
    this.presence = new Presence(store, this.socket);
    this.listen();
  }

  /** Shows what this browser kept, then connects. */
  async start(): Promise<void> {
    await this.cache.restore();
    if (this.closed) return;
    this.around.store.signIn(this.me);
    this.cache.start();
    this.listed = this.listRooms();
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("pageshow", this.comeBack);
    this.socket.connect();
  }

  async close(kept: Kept = "everything"): Promise<void> {
    this.closed = true;
    window.removeEventListener("pagehide", this.leave);
    window.removeEventListener("pageshow", this.comeBack);
    this.socket.disconnect();
    this.sync.stop();
    this.reads.close();
    this.outbox.close();
    this.cache.stop();
    if (kept === "nothing") this.tabs.tell("loggedOut");
    this.tabs.close();
    if (kept === "nothing") {
      this.drafts.forget();
      return this.database.destroy();
    }
    if (kept === "unsent") await this.database.forgetRooms();
    await this.database.close();
  }

  /** A page may be gone for good after it is hidden. */
  private readonly leave = () => void this.cache.save();
  private readonly comeBack = () => this.outbox.resume();

  private applied(event: KnownEvent): void {
    this.outbox.settle(event);
    if (event.type === "user_join") this.presence.meet(event.user.id).catch(ignored);
  }

  private listen(): void {
    const { store } = this.around;
    this.socket.onRoomEvent((event) => this.sync.receive(event));
    this.socket.on("heads", ({ rooms }) => this.sync.heads(rooms));
    this.socket.on("presence", ({ user_id, online }) => store.setOnline({ [user_id]: online }));
    this.socket.on("user_typing", ({ room_id, user }) => this.typing.heard(room_id, user));
    this.socket.on("read_mark", ({ room_id, read_seq, unread }) => store.readUpTo(room_id, read_seq, unread));
    this.socket.on("room_added", ({ chat_room }) => this.sync.added(chat_room));
    this.socket.on("room_removed", ({ room_id }) => this.sync.removed(room_id));
    this.socket.on("session_ended", ({ code }) => this.around.onEnded(code));
  }

  private async connected(): Promise<void> {
    const answer = await this.isStillMe();
    if (!answer) return;
    await this.listed;
    if (answer.epoch && this.isOther(answer.epoch)) return;
    if (this.closed || !this.socket.connected) return;
    this.goOn();
  }

  private goOn(): void {
    // Only the list of rooms tells what another device has read meanwhile; who is in them may be newer by then.
    if (this.around.store.get().connection === "offline") this.listRooms().then(() => this.sync.run(), ignored);
    this.around.store.setConnection("online");
    this.around.store.setOnline({ [this.me.id]: true });
    void this.sync.run();
    this.outbox.resume();
    this.reads.resume();
    this.presence.refresh().catch(ignored);
  }

  /** Another tab may have signed somebody else in: their cookie must not send this person's messages. */
  private async isStillMe(): Promise<Partial<Me> | null> {
    try {
      const answer = await this.around.whoAmI();
      if (answer.user.id !== this.me.id) {
        this.around.onEnded("other_user");
        return null;
      }
      if (!this.closed) this.around.store.signIn(answer.user);
      return answer;
    } catch {
      return this.closed ? null : {};
    }
  }

  /** Another epoch than that of what is known: the server was restored from a backup, and everything is loaded anew. */
  private isOther(epoch: string): boolean {
    const { store } = this.around;
    const known = store.get().epoch;
    if (known === null) store.setEpoch(epoch);
    if (known === null || known === epoch) return false;
    if (!this.startingOver) void this.startOver(epoch);
    return true;
  }

  private async startOver(epoch: string): Promise<void> {
    this.startingOver = true;
    const rooms = await this.joinedRooms();
    this.startingOver = false;
    if (!rooms) return;
    this.around.store.startOver(rooms, epoch);
    if (this.socket.connected) this.goOn();
  }

  private async listRooms(): Promise<void> {
    const rooms = await this.joinedRooms();
    if (rooms) this.around.store.listRooms(rooms);
  }

  /** However long it takes; null when the session is over before. */
  private async joinedRooms(): Promise<ChatRoom[] | null> {
    while (!this.closed) {
      try {
        const rooms = await this.around.api.joinedRooms();
        return this.closed ? null : rooms;
      } catch (error) {
        if (this.closed) return null;
        if (!(error instanceof RequestFailed) || !error.isTransient) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryDelay));
      }
    }
    return null;
  }
}
