import type { Id, Message } from "@/shared/api/wire";

/** What one tab tells the others: the stored outbox has changed, a message in it was acknowledged, one logged out. */
export type News = "changed" | "loggedOut" | { accepted: Message };

/** A turn takes at most one unanswered request (10 s); whoever holds it longer is frozen. */
const patience = 15_000;

/** One user's open tabs. */
export class Tabs {
  onNews: (news: News) => void = () => {};
  private readonly channel: BroadcastChannel;

  constructor(
    private readonly userId: Id,
    /** Browsers have none where the page did not come over HTTPS or from this machine. */
    private readonly locks: LockManager | undefined = globalThis.navigator?.locks,
  ) {
    this.channel = new BroadcastChannel(`parley.${userId}`);
    this.channel.addEventListener("message", ({ data }: MessageEvent<News>) => this.onNews(data));
  }

  tell(news: News): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin than its own
    this.channel.postMessage(news);
  }

  /**
   * Runs the work while no other tab runs any of the same name; a closed tab's turn ends with it. Turns save needless
   * requests, no more: two tabs that send the same entry make one message, so without locks everybody just goes on.
   */
  async takeTurns(name: string, work: () => Promise<void>): Promise<void> {
    if (!this.locks) return work();
    let begun = false;
    const turn = () => {
      begun = true;
      return work();
    };
    try {
      await this.locks.request(`parley.${this.userId}.${name}`, { signal: AbortSignal.timeout(patience) }, turn);
    } catch (error) {
      if (begun) throw error;
      await turn();
    }
  }

  close(): void {
    this.channel.close();
  }
}
