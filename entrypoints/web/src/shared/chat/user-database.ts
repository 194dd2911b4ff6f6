import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Id } from "@/shared/api/wire";
import type { OutboxItem } from "./outbox-item";
import type { SavedRoom } from "./saved-room";

interface Stores extends DBSchema {
  outbox: { key: string; value: OutboxItem };
  rooms: { key: Id; value: SavedRoom };
}

type Connection = IDBPDatabase<Stores>;

/** Browsers have let IndexedDB hang for ever; nobody should wait for it that long. */
const patience = 2_000;

/**
 * What one user's pages keep in this browser: a database for each user, so that nobody ever reads another's.
 * Private windows, a full disk or a broken profile refuse it; then nothing is kept, and nothing fails.
 */
export class UserDatabase {
  private readonly name: string;
  private readonly connection: Promise<Connection | undefined>;

  constructor(userId: Id) {
    this.name = `parley-${userId}`;
    this.connection = attempt(() => open(this.name));
  }

  /** The outcome of the work; undefined where the browser refused, failed or took too long. */
  async run<T>(work: (connection: Connection) => Promise<T>): Promise<T | undefined> {
    const connection = await this.connection;
    return connection && attempt(() => work(connection));
  }

  async forgetRooms(): Promise<void> {
    await this.run((connection) => connection.clear("rooms"));
  }

  async close(): Promise<void> {
    (await this.connection)?.close();
  }

  /** Empties it first: the removal waits for other tabs to let go of it, and a frozen tab may take its time. */
  async destroy(): Promise<void> {
    await this.run((connection) => Promise.all([connection.clear("outbox"), connection.clear("rooms")]));
    await this.close();
    await attempt(() => deleteDB(this.name));
  }
}

function open(name: string): Promise<Connection> {
  return openDB<Stores>(name, 1, {
    upgrade(connection) {
      connection.createObjectStore("outbox", { keyPath: "clientId" });
      connection.createObjectStore("rooms", { keyPath: "id" });
    },
    /** Another tab logs out, or has a newer version of this page. */
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  try {
    return await Promise.race([work(), tooLong]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
