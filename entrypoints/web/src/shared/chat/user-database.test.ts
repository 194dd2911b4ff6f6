import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyStorage, settle, useFakeClock } from "@/testing/browser-storage";
import { anUnsent } from "@/testing/builders";
import { OutboxStorage } from "./outbox-storage";
import { UserDatabase } from "./user-database";

const words = async (storage: OutboxStorage) => (await storage.all()).map(({ content }) => content);

beforeEach(emptyStorage);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A browser whose IndexedDB does this instead of opening. */
function opening(instead: () => never | IDBOpenDBRequest): void {
  const factory = new IDBFactory();
  factory.open = instead;
  vi.stubGlobal("indexedDB", factory);
}

describe("a user's database", () => {
  it("keeps for the next page what one page wrote", async () => {
    expect(await new OutboxStorage(new UserDatabase(1)).save(anUnsent("hello"))).toBe(true);
    expect(await words(new OutboxStorage(new UserDatabase(1)))).toEqual(["hello"]);
  });

  it("is another for each user", async () => {
    await new OutboxStorage(new UserDatabase(1)).save(anUnsent("hello"));
    expect(await words(new OutboxStorage(new UserDatabase(2)))).toEqual([]);
  });

  it("is gone when it was destroyed, though another tab had it open, which goes on in memory", async () => {
    const other = new OutboxStorage(new UserDatabase(1));
    await other.save(anUnsent("hello"));
    await new UserDatabase(1).destroy();
    await settle();
    expect(await indexedDB.databases()).toEqual([]);
    expect(await other.save(anUnsent("again", { clientId: "c2" }))).toBe(false);
    expect(await words(other)).toEqual(["hello", "again"]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  it("is empty at once when it was destroyed, though a frozen tab does not let go of it", async () => {
    const storage = new OutboxStorage(new UserDatabase(1));
    await storage.save(anUnsent("hello"));
    const frozen = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("parley-1");
      request.addEventListener("success", () => resolve(request.result));
    });
    void new UserDatabase(1).destroy();
    await settle();
    const left = await new Promise((resolve) => {
      const request = frozen.transaction("outbox").objectStore("outbox").count();
      request.addEventListener("success", () => resolve(request.result));
    });
    expect(left).toBe(0);
    frozen.close();
  });

  it.each([
    [
      "refuses it",
      () => {
        throw new DOMException("", "SecurityError");
      },
    ],
    [
      "has none",
      () => {
        throw new TypeError("indexedDB is undefined");
      },
    ],
  ])("is memory where the browser %s", async (_what, instead) => {
    opening(instead);
    const storage = new OutboxStorage(new UserDatabase(1));
    expect(await storage.save(anUnsent("hello"))).toBe(false);
    expect(await words(storage)).toEqual(["hello"]);
    await storage.remove("c1");
    expect(await words(storage)).toEqual([]);
    await new UserDatabase(1).destroy();
  });

  it("is memory where the browser never answers, after two seconds", async () => {
    useFakeClock();
    opening(() => new EventTarget() as IDBOpenDBRequest);
    const storage = new OutboxStorage(new UserDatabase(1));
    const saved = storage.save(anUnsent("hello"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await saved).toBe(false);
    expect(await words(storage)).toEqual(["hello"]);
  });

  it("is memory where a newer version of the page has made it", async () => {
    await new Promise((resolve) => {
      const request = indexedDB.open("parley-1", 99);
      request.addEventListener("success", () => resolve(request.result.close()));
    });
    const storage = new OutboxStorage(new UserDatabase(1));
    expect(await storage.save(anUnsent("hello"))).toBe(false);
    expect(await words(storage)).toEqual(["hello"]);
  });

  it("keeps in memory what a full disk has no room for, beside what it holds", async () => {
    const storage = new OutboxStorage(new UserDatabase(1));
    await storage.save(anUnsent("one"));
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("", "QuotaExceededError");
    });
    expect(await storage.save(anUnsent("two", { clientId: "c2" }))).toBe(false);
    expect(await words(storage)).toEqual(["one", "two"]);
    put.mockRestore();
    expect(await words(new OutboxStorage(new UserDatabase(1)))).toEqual(["one"]);
  });
});
