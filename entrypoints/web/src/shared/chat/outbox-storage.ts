import type { Id } from "@/shared/api/wire";
import { inOrderWritten, isWaiting, type OutboxItem } from "./outbox-item";
import type { UserDatabase } from "./user-database";

/** One user's unsent messages, shared by all tabs and kept over reloads; in memory, what the browser refuses to keep. */
export class OutboxStorage {
  private known = new Map<string, OutboxItem>();
  /** Not written yet, or refused by the browser. */
  private readonly unwritten = new Set<string>();
  /** Never shown again, even where the browser failed to remove it. */
  private readonly removed = new Set<string>();

  constructor(private readonly database: UserDatabase) {}

  /** In the order written. */
  async all(): Promise<OutboxItem[]> {
    const stored = await this.database.run((connection) => connection.getAll("outbox"));
    if (stored) {
      const unwritten = [...this.known.values()].filter(({ clientId }) => this.unwritten.has(clientId));
      this.known = new Map([...stored, ...unwritten].map((item) => [item.clientId, item]));
    }
    for (const clientId of this.removed) this.known.delete(clientId);
    return inOrderWritten([...this.known.values()]);
  }

  async nextWaiting(roomId: Id): Promise<OutboxItem | undefined> {
    return (await this.all()).find((item) => item.roomId === roomId && isWaiting(item));
  }

  /** False where it will not outlive this page. */
  async save(item: OutboxItem): Promise<boolean> {
    const { clientId } = item;
    this.removed.delete(clientId);
    this.known.set(clientId, item);
    this.unwritten.add(clientId);
    const written = await this.database.run(async (connection) => {
      const transaction = connection.transaction("outbox", "readwrite");
      const stored = transaction.store.put(item);
      transaction.commit(); // A tab that is closed in this moment does not live to do it later.
      await Promise.all([stored, transaction.done]);
      return true;
    });
    if (written) this.unwritten.delete(clientId);
    return written === true;
  }

  async remove(clientId: string): Promise<void> {
    this.removed.add(clientId);
    this.known.delete(clientId);
    this.unwritten.delete(clientId);
    await this.database.run((connection) => connection.delete("outbox", clientId));
  }
}
