/** Where the browser keeps things over a reload. */
export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export class MemoryKeyValue implements KeyValue {
  private readonly values = new Map<string, string>();

  get(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.values.set(key, value);
  }

  remove(key: string): void {
    this.values.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }
}

/** localStorage, or memory for what it refuses to take (private windows, a full quota). */
export class BrowserKeyValue implements KeyValue {
  private readonly spare = new MemoryKeyValue();

  get(key: string): string | null {
    return this.spare.get(key) ?? this.attempt(() => localStorage.getItem(key), null);
  }

  set(key: string, value: string): void {
    const stored = this.attempt(() => {
      localStorage.setItem(key, value);
      return true;
    }, false);
    if (stored) this.spare.remove(key);
    else this.spare.set(key, value);
  }

  remove(key: string): void {
    this.spare.remove(key);
    this.attempt(() => localStorage.removeItem(key), undefined);
  }

  keys(prefix: string): string[] {
    const stored = this.attempt(() => Object.keys(localStorage), []);
    return [...new Set([...stored.filter((key) => key.startsWith(prefix)), ...this.spare.keys(prefix)])];
  }

  private attempt<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch {
      return otherwise;
    }
  }
}
