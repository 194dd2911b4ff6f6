import type { Id } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import type { RoomState } from "./room-state";
import { isOfThisVersion, restoredRoom, savedRoom } from "./saved-room";
import type { UserDatabase } from "./user-database";

const keptRooms = 100;
const saveEvery = 500;

/** Keeps the rooms that spoke last as they are, so that a page shows them at once when it is loaded again. */
export class RoomCache {
  private saved = new Map<Id, RoomState>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private unsubscribe = () => {};

  constructor(
    private readonly store: ChatStore,
    private readonly database: UserDatabase,
  ) {}

  /** Puts into the store what was kept: none of it where it is of two epochs, which fits no server, or incomplete. */
  async restore(): Promise<void> {
    const rooms = (await this.database.run((connection) => connection.getAll("rooms"))) ?? [];
    const epochs = new Set(rooms.flatMap(({ epoch }) => epoch ?? []));
    if (epochs.size > 1 || !rooms.every(isOfThisVersion)) return this.database.forgetRooms();
    const states = rooms.map(restoredRoom);
    this.saved = new Map(states.map((state) => [state.room.id, state]));
    if (states.length) this.store.restore(states, [...epochs][0] ?? null);
  }

  /** From now on what changes is kept, in steps of a moment. */
  start(): void {
    this.unsubscribe = this.store.subscribe((now, before) => {
      if (now.rooms !== before.rooms) this.timer ??= setTimeout(() => void this.save(), saveEvery);
    });
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const newest = this.store.joinedRooms().toSorted((one, other) => other.lastAt.localeCompare(one.lastAt));
    const kept = new Map(newest.slice(0, keptRooms).map((state) => [state.room.id, state]));
    const gone = [...this.saved.keys()].filter((id) => !kept.has(id));
    // While one looks at the past, the newest entries that were kept before are still right with their cursor.
    const changed = [...kept].filter(([id, state]) => this.saved.get(id) !== state && !state.window?.hasAfter);
    this.saved = kept;
    const { epoch } = this.store.get();
    await this.database.run((connection) => {
      const transaction = connection.transaction("rooms", "readwrite");
      const requests = [
        ...changed.map(([, state]) => transaction.store.put(savedRoom(state, epoch))),
        ...gone.map((id) => transaction.store.delete(id)),
      ];
      transaction.commit(); // A page that is left does not live to do it later.
      return Promise.all([...requests, transaction.done]);
    });
  }

  stop(): void {
    this.unsubscribe();
    clearTimeout(this.timer);
  }
}
