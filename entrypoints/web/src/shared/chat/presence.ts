import type { ChatConnection } from "@/shared/api/chat-socket";
import type { Id } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";

const askedAtOnce = 100;

/** Who is online: pushes keep it up to date, and after each connect it is asked for again. */
export class Presence {
  constructor(
    private readonly store: ChatStore,
    private readonly connection: ChatConnection,
  ) {}

  refresh(): Promise<void> {
    return this.ask(Object.keys(this.store.get().online).map(Number));
  }

  /** Somebody new came by. */
  async meet(userId: Id): Promise<void> {
    if (this.store.get().online[userId] === undefined) await this.ask([userId]);
  }

  private async ask(ids: Id[]): Promise<void> {
    for (let start = 0; start < ids.length; start += askedAtOnce) {
      const asked = ids.slice(start, start + askedAtOnce);
      const { online } = await this.connection.request("presence", { user_ids: asked });
      const here = new Set(online);
      this.store.setOnline(Object.fromEntries(asked.map((id) => [id, here.has(id)])));
    }
  }
}
