import { createStore, type StoreApi } from "zustand/vanilla";
import type { ChatRoom, Id, OwnUser, Person, RoomDetail, RoomEvent, Seq } from "@/shared/api/wire";
import { isKnown } from "./events/kinds";
import type { OutboxItem } from "./outbox-item";
import { heardOf, receive } from "./room-log";
import {
  newMessagesAfter,
  type Quoted,
  type RoomState,
  roomState,
  withFacts,
  withListing,
  withQuoted,
  withSnapshot,
} from "./room-state";
import type { TimelineEntry, TimelineWindow } from "./timeline-window";
import { readUpTo } from "./unread";

export interface ChatState {
  /** `undefined` until the server has said whether someone is signed in. */
  me: OwnUser | null | undefined;
  connection: "connecting" | "online" | "offline";
  rooms: Record<Id, RoomState>;
  roomsListed: boolean;
  /** Of the server's log; another one after a restored backup. Null while it is not known. */
  epoch: string | null;
  /** The room that is open, visible and scrolled to its end. */
  reading: Id | null;
  online: Record<Id, boolean>;
  typing: Record<Id, Person[]>;
  outbox: OutboxItem[];
  /** False once the browser refused to keep an unsent message, which then ends with the page. */
  outboxKept: boolean;
}

const signedOut = {
  me: null,
  connection: "connecting" as const,
  rooms: {},
  roomsListed: false,
  epoch: null,
  reading: null,
  online: {},
  typing: {},
  outbox: [],
  outboxKept: true,
};

/** The one store. Every change of it has a name here; nothing else writes to it. */
export class ChatStore {
  private readonly store: StoreApi<ChatState> = createStore<ChatState>(() => ({ ...signedOut, me: undefined }));

  readonly subscribe = this.store.subscribe;
  readonly get = this.store.getState;
  readonly getInitialState = this.store.getInitialState;

  signIn(me: OwnUser): void {
    this.store.setState({ me });
  }

  signOut(): void {
    this.store.setState(signedOut);
  }

  setConnection(connection: ChatState["connection"]): void {
    this.store.setState({ connection });
  }

  setReading(reading: Id | null): void {
    this.store.setState({ reading });
  }

  room(roomId: Id): RoomState | undefined {
    return this.get().rooms[roomId];
  }

  joinedRooms(): RoomState[] {
    return Object.values(this.get().rooms).filter(({ room }) => room.joined);
  }

  /** What was kept of them from the last time. */
  restore(rooms: RoomState[], epoch: string | null): void {
    this.store.setState({ rooms: byId(rooms), roomsListed: true, epoch });
  }

  listRooms(rooms: ChatRoom[]): void {
    for (const room of rooms) {
      const known = this.room(room.id);
      if (known?.room.joined) this.put(withListing(known, room));
      else this.addRoom(room);
      this.notePeople(room.people);
    }
    this.store.setState({ roomsListed: true });
  }

  setEpoch(epoch: string): void {
    this.store.setState({ epoch });
  }

  /** In another epoch nothing holds that was known: no cursor, no message, no acknowledgement. */
  startOver(rooms: ChatRoom[], epoch: string): void {
    const outbox = this.get().outbox.filter(({ accepted }) => !accepted);
    this.store.setState({ rooms: byId(rooms.map(roomState)), roomsListed: true, epoch, outbox });
  }

  /** A room that one is in. What is known of it already stays, so that no unread count is lost. */
  addRoom(room: ChatRoom): void {
    const known = this.room(room.id);
    this.put(known?.room.joined ? withFacts(known, room) : roomState(room));
    this.notePeople(room.people);
  }

  removeRoom(roomId: Id): void {
    this.store.setState(({ rooms }) => {
      const { [roomId]: _gone, ...rest } = rooms;
      return { rooms: rest };
    });
  }

  takeFacts(room: ChatRoom): void {
    const known = this.room(room.id);
    this.put(known ? withFacts(known, room) : roomState(room));
    this.notePeople(room.people);
  }

  takeSnapshot(detail: RoomDetail, notices: TimelineEntry[] = []): void {
    this.put(withSnapshot(this.room(detail.id), detail, notices));
    this.notePeople(detail.users);
    this.notePeople(detail.people);
  }

  /** A snapshot in place of all that was known, head and timeline included. */
  restart(detail: RoomDetail): void {
    const divider = this.room(detail.id)?.divider ?? null;
    this.put({ ...withSnapshot(undefined, detail), divider });
    this.notePeople(detail.users);
  }

  takeMembers(roomId: Id, page: Pick<RoomDetail, "users" | "users_next">): void {
    this.change(roomId, (state) => {
      const known = new Set(state.members?.map(({ id }) => id));
      const members = [...(state.members ?? []), ...page.users.filter(({ id }) => !known.has(id))];
      return { ...state, members, membersNext: page.users_next };
    });
    this.notePeople(page.users);
  }

  setWindow(roomId: Id, update: (window: TimelineWindow | null) => TimelineWindow | null): void {
    this.change(roomId, (state) => ({ ...state, window: update(state.window) }));
  }

  setQuoted(roomId: Id, seq: Seq, quoted: Quoted): void {
    this.change(roomId, (state) => withQuoted(state, seq, quoted));
  }

  receive(event: RoomEvent): void {
    const { me, reading } = this.get();
    if (!me) return;
    this.change(event.room_id, (state) => receive(state, event, { me: me.id, reading: reading === event.room_id }));
    if (isKnown(event) && event.type === "message") this.stopTyping(event.room_id, event.message.sender.id);
  }

  heardOf(roomId: Id, seq: Seq): void {
    this.change(roomId, (state) => heardOf(state, seq));
  }

  readUpTo(roomId: Id, seq: Seq, serverCount: number | null = null): void {
    this.change(roomId, (state) => ({ ...state, unread: readUpTo(state.unread, seq, serverCount) }));
  }

  /** Where the "New messages" line stands for as long as the room is open. */
  openRoom(roomId: Id): void {
    const me = this.get().me?.id ?? 0;
    this.change(roomId, (state) => ({ ...state, divider: newMessagesAfter(state, me) }));
  }

  setOnline(online: Record<Id, boolean>): void {
    this.store.setState((state) => ({ online: { ...state.online, ...online } }));
  }

  notePeople(people: { id: Id; online: boolean }[]): void {
    if (people.length) this.setOnline(Object.fromEntries(people.map(({ id, online }) => [id, online])));
  }

  startTyping(roomId: Id, person: Person): void {
    this.setTyping(roomId, (people) => [...people.filter(({ id }) => id !== person.id), person]);
  }

  stopTyping(roomId: Id, userId: Id): void {
    if (this.get().typing[roomId]?.some(({ id }) => id === userId))
      this.setTyping(roomId, (people) => people.filter(({ id }) => id !== userId));
  }

  setOutbox(outbox: OutboxItem[]): void {
    this.store.setState({ outbox });
  }

  setOutboxKept(outboxKept: boolean): void {
    this.store.setState({ outboxKept });
  }

  private setTyping(roomId: Id, update: (people: Person[]) => Person[]): void {
    this.store.setState(({ typing }) => ({ typing: { ...typing, [roomId]: update(typing[roomId] ?? []) } }));
  }

  private change(roomId: Id, update: (state: RoomState) => RoomState): void {
    const known = this.room(roomId);
    if (!known) return;
    const next = update(known);
    if (next !== known) this.put(next);
  }

  private put(state: RoomState): void {
    this.store.setState(({ rooms }) => ({ rooms: { ...rooms, [state.room.id]: state } }));
  }
}

function byId(rooms: RoomState[]): Record<Id, RoomState> {
  return Object.fromEntries(rooms.map((state) => [state.room.id, state]));
}
