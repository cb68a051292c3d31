import { beforeEach, describe, expect, test } from "bun:test";
import type { Message, RoomId } from "@maru/protocol";
import { type FakeClock, settle } from "@maru/testkit";
import { IDBFactory } from "fake-indexeddb";
import { MaruClientError, unreachable } from "./client-error.ts";
import { ClientWorld, PretendedBrowser } from "./client-world.ts";
import { account, aMessage, roomId } from "./entities-world.ts";
import { IndexedDbOutboxStorage } from "./indexed-db-outbox-storage.ts";
import { MemoryOutboxStorage } from "./memory-outbox-storage.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStorage } from "./ports.ts";

const otherRoomId = `room_${"0".repeat(31)}2` as RoomId;

type Send = { readonly roomId: string; readonly key: string; readonly text: string };

/** The room as the server stores it: one message for each key, whoever sends it and however often. */
class Server {
  readonly sends: Send[] = [];
  readonly stored: Send[] = [];
  isOnline = true;
  /** What happens to a send; thrown errors reach the client. */
  fate: (send: Send, store: () => Message) => Message | Promise<Message> = (_, store) => store();

  async take(send: Send): Promise<Message> {
    this.sends.push(send);
    return this.fate(send, () => {
      const place = this.stored.findIndex(({ key }) => key === send.key);
      if (place < 0) this.stored.push(send);
      return aMessage({ seq: (place < 0 ? this.stored.length - 1 : place) + 1, clientMessageId: send.key });
    });
  }
}

let server: Server;
let world: ClientWorld;
let browser: PretendedBrowser;
let clock: FakeClock;

beforeEach(() => {
  server = new Server();
  world = new ClientWorld();
  browser = new PretendedBrowser();
  clock = world.clock;
});

/** An outbox as a tab has it. `close` ends the tab: nothing more leaves it and it answers nobody. */
async function openTab(): Promise<Outbox & { end(): void }> {
  const ports = world.ports(browser);
  let isThere = true;
  const outbox = new Outbox({
    ports,
    send: (room, key, text) => (isThere ? server.take({ roomId: room, key, text }) : new Promise(() => {})),
    onSent() {},
    onChanged() {},
    isOnline: () => isThere && server.isOnline,
  });
  const opening = outbox.open(account.id);
  await clock.advance(1_000);
  await storageSettles();
  await clock.advance(1_000);
  await opening;
  await storageSettles();
  return Object.assign(outbox, {
    end() {
      isThere = false;
      (ports.tabs as ReturnType<PretendedBrowser["openTab"]>).close();
    },
  });
}

/** IndexedDB answers on later turns of the event loop. */
async function storageSettles(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await settle();
  }
}

const texts = (sends: readonly Send[]) => sends.map(({ text }) => text);
const states = (outbox: Outbox) => outbox.list(roomId).map(({ text, state }) => `${text} ${state}`);

const storages: [string, () => OutboxStorage][] = [
  ["memory", () => new MemoryOutboxStorage()],
  [
    "IndexedDB",
    () => {
      globalThis.indexedDB = new IDBFactory();
      return new IndexedDbOutboxStorage();
    },
  ],
];

for (const [name, makeStorage] of storages) {
  describe(`with ${name}`, () => {
    beforeEach(() => {
      browser.storage = makeStorage();
    });

    test("sends in the order of the presses, one at a time in a room, rooms beside each other", async () => {
      const outbox = await openTab();
      const waiting: (() => void)[] = [];
      server.fate = (_, store) => new Promise((resolve) => waiting.push(() => resolve(store())));
      for (const text of ["a", "b", "c"]) outbox.add(roomId, text);
      outbox.add(otherRoomId, "x");
      await settle();
      expect(texts(server.sends)).toEqual(["a", "x"]);
      expect(states(outbox)).toEqual(["a sending", "b waiting", "c waiting"]);
      while (waiting.length > 0) {
        waiting.shift()?.();
        await settle();
      }
      expect(texts(server.stored)).toEqual(["a", "x", "b", "c"]);
      expect(outbox.list(roomId)).toEqual([]);
      await storageSettles();
      expect(await browser.storage.list(account.id)).toEqual([]);
    });

    test("keeps what was not sent over a reload, and sends it in order under the same keys", async () => {
      server.isOnline = false;
      const before = await openTab();
      const keys = ["a", "b", "c"].map((text) => before.add(roomId, text));
      await storageSettles();
      before.end();
      server.isOnline = true;
      const after = await openTab();
      expect(server.stored.map(({ key }) => key)).toEqual(keys);
      expect(texts(server.stored)).toEqual(["a", "b", "c"]);
      expect(after.list(roomId)).toEqual([]);
    });

    test("brings back a failed message as failed, for the person to decide", async () => {
      server.fate = () => Promise.reject(new MaruClientError({ code: "room.closed" }));
      const before = await openTab();
      before.add(roomId, "a");
      await storageSettles();
      before.end();
      const after = await openTab();
      expect(states(after)).toEqual(["a failed"]);
      expect(server.sends).toHaveLength(1);
    });

    test("a tab that lives keeps its messages; another one does not send them too", async () => {
      server.isOnline = false;
      const one = await openTab();
      one.add(roomId, "a");
      await storageSettles();
      const two = await openTab();
      server.isOnline = true;
      two.flush();
      await settle();
      expect(server.sends).toEqual([]);
      one.flush();
      await settle();
      expect(texts(server.sends)).toEqual(["a"]);
    });

    test("of two tabs that find the messages of a third one only one takes them over", async () => {
      server.isOnline = false;
      const gone = await openTab();
      for (const text of ["a", "b"]) gone.add(roomId, text);
      await storageSettles();
      gone.end();
      server.isOnline = true;
      await Promise.all([openTab(), openTab()]);
      await clock.advance(2_000);
      await storageSettles();
      expect(texts(server.sends)).toEqual(["a", "b"]);
    });

    test("forgets everything of an account that signed out by itself, and nothing otherwise", async () => {
      server.isOnline = false;
      const outbox = await openTab();
      outbox.add(roomId, "a");
      await storageSettles();
      await outbox.close(false);
      expect(await browser.storage.list(account.id)).toHaveLength(1);
      await outbox.open(account.id);
      expect(states(outbox)).toEqual(["a waiting"]);
      await outbox.close(true);
      expect(await browser.storage.list(account.id)).toEqual([]);
    });
  });
}

describe("a send that went wrong", () => {
  test("goes again under the same key after a lost answer, and is stored once", async () => {
    const outbox = await openTab();
    let losesAnswer = true;
    server.fate = (_, store) => {
      const message = store();
      if (losesAnswer) throw unreachable();
      return message;
    };
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await settle();
    expect(states(outbox)).toEqual(["a waiting", "b waiting"]);
    losesAnswer = false;
    await clock.advance(1_000);
    expect(texts(server.sends)).toEqual(["a", "a", "b"]);
    expect(new Set(server.sends.slice(0, 2).map(({ key }) => key)).size).toBe(1);
    expect(texts(server.stored)).toEqual(["a", "b"]);
  });

  test("waits longer each time, up to half a minute, and nothing of the room overtakes it", async () => {
    const outbox = await openTab();
    server.fate = () => Promise.reject(new MaruClientError({ code: "server.busy" }));
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await settle();
    const pauses: number[] = [];
    for (let tries = 1; tries < 9; tries++) {
      const from = clock.monotonic();
      while (server.sends.length === tries) await clock.advance(100);
      pauses.push(clock.monotonic() - from);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(new Set(texts(server.sends))).toEqual(new Set(["a"]));
  });

  test("waits as long as the server says", async () => {
    const outbox = await openTab();
    server.fate = () => Promise.reject(new MaruClientError({ code: "rate.limited", retryAfterMs: 7_000 }));
    outbox.add(roomId, "a");
    await clock.advance(6_900);
    expect(server.sends).toHaveLength(1);
    await clock.advance(100);
    expect(server.sends).toHaveLength(2);
  });

  test("for good is marked with the reason, lets the next one pass, and goes again when the person says so", async () => {
    const outbox = await openTab();
    server.fate = (send, store) => {
      if (send.text === "too long") throw new MaruClientError({ code: "message.too_long", params: { max: 4_000 } });
      return store();
    };
    const key = outbox.add(roomId, "too long");
    outbox.add(roomId, "b");
    await settle();
    expect(outbox.list(roomId)).toMatchObject([
      { text: "too long", state: "failed", error: { code: "message.too_long", params: { max: 4_000 } } },
    ]);
    expect(texts(server.stored)).toEqual(["b"]);
    server.fate = (_, store) => store();
    outbox.retry(key);
    await settle();
    expect(server.stored).toEqual([expect.objectContaining({ text: "b" }), expect.objectContaining({ key })]);
    expect(outbox.list(roomId)).toEqual([]);
  });

  test("is deleted when the person says so, and not while it is on its way", async () => {
    const outbox = await openTab();
    server.fate = () => Promise.reject(new MaruClientError({ code: "room.closed" }));
    outbox.discard(outbox.add(roomId, "a"));
    expect(states(outbox)).toEqual(["a sending"]);
    await settle();
    outbox.discard(outbox.list(roomId)[0]?.clientMessageId ?? "");
    expect(outbox.list(roomId)).toEqual([]);
    await clock.advance(60_000);
    expect(server.sends).toHaveLength(1);
  });

  test("whose message was seen in the room is done, although its answer never came", async () => {
    const outbox = await openTab();
    server.fate = (send, store) => {
      store();
      outbox.confirm(send.key);
      throw unreachable();
    };
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await clock.advance(60_000);
    expect(texts(server.sends)).toEqual(["a", "b"]);
  });
});

test("says at once that it waits, under a key that the protocol takes", async () => {
  server.isOnline = false;
  const outbox = await openTab();
  expect(outbox.add(roomId, "a")).toMatch(/^[a-z0-9]{24}$/);
  expect(states(outbox)).toEqual(["a waiting"]);
});

test("sends although the browser refuses to store", async () => {
  const refuse = () => Promise.reject(new Error("no storage in this window"));
  browser.storage = { list: refuse, put: refuse, remove: refuse, adopt: refuse, clear: refuse };
  const ports = world.ports(browser);
  const outbox = new Outbox({
    ports,
    send: (room, key, text) => server.take({ roomId: room, key, text }),
    onSent() {},
    onChanged() {},
    isOnline: () => true,
  });
  await outbox.open(account.id).catch(() => {});
  outbox.add(roomId, "a");
  await settle();
  expect(texts(server.stored)).toEqual(["a"]);
  expect(outbox.list(roomId)).toEqual([]);
});

test("takes nothing from somebody who is not signed in", () => {
  const outbox = new Outbox({
    ports: world.ports(browser),
    send: () => Promise.reject(unreachable()),
    onSent() {},
    onChanged() {},
    isOnline: () => true,
  });
  expect(() => outbox.add(roomId, "a")).toThrow(MaruClientError);
});
