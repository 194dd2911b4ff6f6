import type { Id } from "@/shared/api/wire";
import type { KeyValue } from "./key-value";
import type { OutboxItem } from "./outbox-item";

const heartbeat = "parley.page.";
const pageIsGoneAfter = 90_000;

/**
 * Keeps one user's unsent messages over a reload. Each open page owns the ones it wrote; those of a page that has gone
 * are adopted by another. (Should two pages send one all the same, its client_id makes it one message.)
 */
export class OutboxStorage {
  constructor(
    private readonly values: KeyValue,
    private readonly userId: Id,
    readonly page: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Browsers slow the timers of hidden pages down to one a minute, which is why the others wait longer than that. */
  beat(): void {
    this.values.set(heartbeat + this.page, String(this.now()));
  }

  leave(): void {
    this.values.remove(heartbeat + this.page);
  }

  save(item: OutboxItem): void {
    this.values.set(this.prefix + item.clientId, JSON.stringify(item));
  }

  remove(clientId: string): void {
    this.values.remove(this.prefix + clientId);
  }

  owns(clientId: string): boolean {
    return this.read(this.prefix + clientId)?.owner === this.page;
  }

  /** Takes over what pages that are gone have left behind, oldest first. */
  adopt(): OutboxItem[] {
    const orphans = this.items().filter(({ owner }) => owner !== this.page && !this.isAlive(owner));
    const adopted = orphans.map((item) => ({ ...item, owner: this.page }));
    for (const item of adopted) this.save(item);
    return adopted.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  private get prefix(): string {
    return `parley.outbox.${this.userId}.`;
  }

  private items(): OutboxItem[] {
    return this.values.keys(this.prefix).flatMap((key) => this.read(key) ?? []);
  }

  private read(key: string): OutboxItem | null {
    try {
      return JSON.parse(this.values.get(key) ?? "null") as OutboxItem | null;
    } catch {
      this.values.remove(key);
      return null;
    }
  }

  private isAlive(page: string): boolean {
    return this.now() - Number(this.values.get(heartbeat + page) ?? 0) < pageIsGoneAfter;
  }
}
