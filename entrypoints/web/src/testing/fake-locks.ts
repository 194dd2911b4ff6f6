type Work = () => Promise<void>;

/** Web Locks for tabs that all live in one test: exclusive, in the order asked for. */
export class FakeLocks {
  private readonly queues = new Map<string, (() => void)[]>();

  async request(name: string, { signal }: { signal: AbortSignal }, work: Work): Promise<void> {
    await this.turn(name, signal);
    try {
      await work();
    } finally {
      this.release(name);
    }
  }

  /** As when the tab that holds it is closed. */
  release(name: string): void {
    const next = this.queues.get(name)?.shift();
    if (next) next();
    else this.queues.delete(name);
  }

  held(): string[] {
    return [...this.queues.keys()];
  }

  private turn(name: string, signal: AbortSignal): Promise<void> {
    const queue = this.queues.get(name);
    if (!queue) {
      this.queues.set(name, []);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      queue.push(resolve);
      signal.addEventListener("abort", () => {
        queue.splice(queue.indexOf(resolve), 1);
        reject(signal.reason as Error);
      });
    });
  }
}
