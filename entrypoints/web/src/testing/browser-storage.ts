import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";

/** A browser that has kept nothing yet. */
export function emptyStorage(): void {
  vi.stubGlobal("indexedDB", new IDBFactory());
}

/** A false clock beside which storage still works. */
export function useFakeClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
}

/** Lets reads, writes and news between tabs, which take turns of the event loop, come to their end. */
export async function settle(turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
