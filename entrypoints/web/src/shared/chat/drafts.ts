import type { Id } from "@/shared/api/wire";
import type { KeyValue } from "./key-value";

/** What one has begun to write in each room, kept over a reload. */
export class Drafts {
  constructor(
    private readonly values: KeyValue,
    private readonly userId: Id,
  ) {}

  get(roomId: Id): string {
    return this.values.get(this.prefix + roomId) ?? "";
  }

  set(roomId: Id, text: string): void {
    if (text) this.values.set(this.prefix + roomId, text);
    else this.values.remove(this.prefix + roomId);
  }

  forget(): void {
    for (const key of this.values.keys(this.prefix)) this.values.remove(key);
  }

  private get prefix(): string {
    return `parley.draft.${this.userId}.`;
  }
}
