import { roomEventNames } from "@/shared/api/events";
import { ChatSocket } from "@/shared/api/chat-socket";
import type { ChatApi } from "@/shared/api/chat-api";
import { RequestFailed } from "@/shared/api/problem";
import type { OwnUser, RoomEvent } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { Drafts } from "./drafts";
import { History } from "./history";
import type { KeyValue } from "./key-value";
import { Outbox } from "./outbox";
import { OutboxStorage } from "./outbox-storage";
import { Presence } from "./presence";
import { randomId } from "./random-id";
import { ReadMarks } from "./read-marks";
import { RoomSync } from "./room-sync";
import { Typing } from "./typing";

const retryDelay = 3_000;
const housekeepingEvery = 15_000;

interface Surroundings {
  store: ChatStore;
  api: ChatApi;
  values: KeyValue;
  /** Who the server says is signed in, asked anew at each connect. */
  whoAmI: () => Promise<OwnUser>;
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
  private readonly listed: Promise<void>;
  private readonly housekeeping: ReturnType<typeof setInterval>;
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
    this.sync = new RoomSync(store, this.socket, api, (event) => this.applied(event));
    this.outbox = new Outbox(store, this.socket, new OutboxStorage(values, me.id, randomId()), (message) =>
      this.sync.head(message.room_id, message.seq),
    );
    this.reads = new ReadMarks(store, this.socket);
    this.typing = new Typing(store, this.socket);
    this.history = new History(store, api, (roomId) => this.sync.syncIfBehind(roomId));
    this.drafts = new Drafts(values, me.id);
    this.presence = new Presence(store, this.socket);
    this.listen();
    this.listed = this.listRooms();
    this.housekeeping = setInterval(() => this.outbox.adopt(), housekeepingEvery);
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("pageshow", this.comeBack);
    this.socket.connect();
  }

  /** Lets go of everything; unsent messages and drafts wait in storage for the next time, or are forgotten. */
  close(forget = false): void {
    this.closed = true;
    clearInterval(this.housekeeping);
    window.removeEventListener("pagehide", this.leave);
    window.removeEventListener("pageshow", this.comeBack);
    this.socket.disconnect();
    this.sync.stop();
    this.reads.close();
    if (forget) {
      this.outbox.forget();
      this.drafts.forget();
    } else this.outbox.close();
  }

  private readonly leave = () => this.outbox.close();
  private readonly comeBack = () => {
    this.outbox.adopt();
    this.outbox.resume();
  };

  private applied(event: RoomEvent): void {
    this.outbox.settle(event);
    if (event.type === "user_join") this.presence.meet(event.user.id).catch(ignored);
  }

  private listen(): void {
    const { store } = this.around;
    for (const name of roomEventNames) this.socket.on(name, (event) => this.sync.receive(event));
    this.socket.on("heads", ({ rooms }) => this.sync.heads(rooms));
    this.socket.on("presence", ({ user_id, online }) => store.setOnline({ [user_id]: online }));
    this.socket.on("user_typing", ({ room_id, user }) => this.typing.heard(room_id, user));
    this.socket.on("read_mark", ({ room_id, read_seq, unread }) => store.readUpTo(room_id, read_seq, unread));
    this.socket.on("room_added", ({ chat_room }) => store.addRoom(chat_room));
    this.socket.on("room_removed", ({ room_id }) => store.removeRoom(room_id));
    this.socket.on("session_ended", ({ code }) => this.around.onEnded(code));
  }

  private async connected(): Promise<void> {
    if (!(await this.isStillMe())) return;
    await this.listed;
    if (this.closed || !this.socket.connected) return;
    this.around.store.setConnection("online");
    this.around.store.setOnline({ [this.me.id]: true });
    void this.sync.run();
    this.outbox.resume();
    this.reads.resume();
    this.presence.refresh().catch(ignored);
  }

  /** Another tab may have signed somebody else in: their cookie must not send this person's messages. */
  private async isStillMe(): Promise<boolean> {
    try {
      if ((await this.around.whoAmI()).id === this.me.id) return true;
      this.around.onEnded("other_user");
      return false;
    } catch {
      return !this.closed;
    }
  }

  private async listRooms(): Promise<void> {
    while (!this.closed) {
      try {
        const rooms = await this.around.api.joinedRooms();
        if (!this.closed) this.around.store.listRooms(rooms);
        return;
      } catch (error) {
        if (!(error instanceof RequestFailed) || !error.isTransient) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryDelay));
      }
    }
  }
}
