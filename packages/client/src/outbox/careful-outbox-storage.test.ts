import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { IDBFactory } from "fake-indexeddb";
import { account, roomId } from "../fixtures/entities.fixture.ts";
import type { OutboxEntry, OutboxStorage } from "../ports.ts";
import { CarefulOutboxStorage } from "./careful-outbox-storage.ts";
import { IndexedDbOutboxStorage } from "./indexed-db-outbox-storage.ts";
import { MemoryOutboxStorage } from "./memory-outbox-storage.ts";

const entry = (key: string, text = key): OutboxEntry => ({
  clientMessageId: key,
  accountId: account.id,
  roomId,
  text,
  createdAt: 1,
  state: "waiting",
  owner: "tab",
});

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

/** A storage that refuses for as long as it is told to, in one of the ways in which storages do. */
class MoodyStorage extends MemoryOutboxStorage {
  mood: "well" | "rejects" | "throws" | "silent" = "rejects";
  readonly calls: string[] = [];

  #as<T>(call: string, act: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    if (this.mood === "throws") throw new DOMException("not here", "SecurityError");
    if (this.mood === "rejects") return Promise.reject(new DOMException("full", "QuotaExceededError"));
    return this.mood === "silent" ? new Promise(() => {}) : act();
  }
  override list(accountId: string) {
    return this.#as("list", () => super.list(accountId));
  }
  override put(entry: OutboxEntry) {
    return this.#as("put", () => super.put(entry));
  }
  override remove(key: string) {
    return this.#as("remove", () => super.remove(key));
  }
  override adopt(accountId: string, from: string, to: string) {
    return this.#as("adopt", () => super.adopt(accountId, from, to));
  }
  override clear(accountId: string) {
    return this.#as("clear", () => super.clear(accountId));
  }
}

function open(storage: OutboxStorage): CarefulOutboxStorage {
  return new CarefulOutboxStorage(storage, clock, () => 1);
}

describe.each(["rejects", "throws", "silent"] as const)("a storage that %s", (mood) => {
  test("is spoken of; what it refused is held, and stored once it takes it", async () => {
    const storage = new MoodyStorage();
    storage.mood = mood;
    const careful = open(storage);
    void careful.put(entry("one"));
    void careful.put(entry("two"));
    void careful.put(entry("two", "changed"));
    void careful.put(entry("gone"));
    void careful.remove("gone");
    const listed = careful.list(account.id);
    await clock.advance(20_000);
    expect(careful.state.getSnapshot()).toBe("refused");
    expect((await listed).map(({ text }) => text)).toEqual(["one", "changed"]);

    storage.mood = "well";
    await clock.advance(40_000);
    expect(careful.state.getSnapshot()).toBe("kept");
    expect((await storage.list(account.id)).map(({ text }) => text)).toEqual(["one", "changed"]);
    expect(clock.pendingCount).toBe(0);
  });

  test("that does so while it is only read is known to be back without a write", async () => {
    const storage = new MoodyStorage();
    storage.mood = mood;
    const careful = open(storage);
    const [listed, adopted] = [careful.list(account.id), careful.adopt(account.id, "a", "b")];
    await clock.advance(10_000);
    expect([await listed, await adopted, careful.state.getSnapshot()]).toEqual([[], [], "refused"]);
    storage.mood = "well";
    await clock.advance(60_000);
    expect(careful.state.getSnapshot()).toBe("kept");
  });

  test("is cleared of an account as soon as it lets that happen, of what was refused too", async () => {
    const storage = new MoodyStorage();
    storage.mood = "well";
    await storage.put(entry("old"));
    storage.mood = mood;
    const careful = open(storage);
    void careful.put(entry("new"));
    void careful.clear(account.id);
    const listed = careful.list(account.id);
    await clock.advance(10_000);
    expect(await listed).toEqual([]);
    storage.mood = "well";
    await clock.advance(60_000);
    expect([await storage.list(account.id), careful.state.getSnapshot()]).toEqual([[], "kept"]);
  });
});

test("a storage that goes on refusing is asked after longer and longer pauses", async () => {
  const storage = new MoodyStorage();
  const careful = open(storage);
  void careful.put(entry("one"));
  await clock.advance(600_000);
  expect(storage.calls.length).toBeLessThanOrEqual(26);
  expect(storage.calls.length).toBeGreaterThanOrEqual(20);
});

test("what lies there that no version of this client has written is left alone", async () => {
  const storage = new MemoryOutboxStorage();
  await storage.put(entry("good"));
  await storage.put({ ...entry("bad"), text: 7 } as never);
  expect((await open(storage).list(account.id)).map((each) => each.clientMessageId)).toEqual(["good"]);
});

describe("a database that the browser", () => {
  let databases: IDBDatabase[];

  beforeEach(() => {
    databases = [];
    const factory = new IDBFactory();
    const openOne = factory.open.bind(factory);
    factory.open = (...words) => {
      const request = openOne(...words);
      request.addEventListener("success", () => databases.push(request.result as unknown as IDBDatabase));
      return request;
    };
    globalThis.indexedDB = factory;
  });

  const reopened = async () => (await new IndexedDbOutboxStorage().list(account.id)).map(({ text }) => text);

  test("has closed without a word is opened again", async () => {
    const careful = open(new IndexedDbOutboxStorage());
    await careful.put(entry("before"));
    databases[0]?.close();
    await careful.put(entry("after"));
    expect([await reopened(), careful.state.getSnapshot()]).toEqual([["after", "before"], "kept"]);
  });

  test("has closed and said so is opened again", async () => {
    const careful = open(new IndexedDbOutboxStorage());
    await careful.put(entry("before"));
    databases[0]?.onclose?.(new Event("close"));
    await careful.put(entry("after"));
    expect([await reopened(), databases.length]).toEqual([["after", "before"], 3]);
  });

  test("wants to delete is let go of at once, and made anew", async () => {
    const careful = open(new IndexedDbOutboxStorage());
    await careful.put(entry("before"));
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase("maru");
      request.onsuccess = () => resolve();
      request.onblocked = () => reject(new Error("The deletion was blocked."));
    });
    await careful.put(entry("after"));
    expect(await reopened()).toEqual(["after"]);
  });

  test.each<[string, () => unknown]>([
    ["has not", () => undefined],
    ["answers with nothing", () => ({ open: () => null })],
    [
      "forbids",
      () => ({
        open: () => {
          throw new DOMException("denied", "SecurityError");
        },
      }),
    ],
  ])("%s is done without, and said so", async (_, factory) => {
    globalThis.indexedDB = factory() as IDBFactory;
    const careful = open(new IndexedDbOutboxStorage());
    await careful.put(entry("one"));
    expect([careful.state.getSnapshot(), (await careful.list(account.id)).length]).toEqual(["refused", 1]);
  });

  test("aborts in the middle of a write is written to again", async () => {
    const careful = open(new IndexedDbOutboxStorage());
    await careful.put(entry("first"));
    const [database] = databases;
    if (!database) throw new Error("No database was opened.");
    const begin = database.transaction.bind(database);
    database.transaction = (...words) => {
      const transaction = begin(...words);
      queueMicrotask(() => transaction.abort());
      return transaction;
    };
    await careful.put(entry("second"));
    expect([careful.state.getSnapshot(), await reopened()]).toEqual(["refused", ["first"]]);
    database.transaction = begin;
    await careful.put(entry("third"));
    expect([careful.state.getSnapshot(), await reopened()]).toEqual(["kept", ["first", "second", "third"]]);
  });
});
