import { beforeEach, describe, expect, test } from "bun:test";
import { limits, type RoomId, usualAccountLimits } from "@maru/protocol";
import { seededRandom, settle } from "@maru/testkit";
import { IDBFactory } from "fake-indexeddb";
import { MaruClientError, unreachable } from "../client-error.ts";
import { account, roomId } from "../fixtures/entities.fixture.ts";
import { OutboxWorld, type Send } from "../fixtures/outbox.fixture.ts";
import type { OutboxStorage } from "../ports.ts";
import { IndexedDbOutboxStorage } from "./indexed-db-outbox-storage.ts";
import { MemoryOutboxStorage } from "./memory-outbox-storage.ts";
import type { Outbox } from "./outbox.ts";

const otherRoomId = `room_${"0".repeat(31)}2` as RoomId;

let world: OutboxWorld;

beforeEach(() => {
  world = new OutboxWorld();
});

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
      world.browser.storage = makeStorage();
    });

    test("sends in the order of the presses, one at a time in a room, rooms beside each other", async () => {
      const { outbox } = await world.openTab();
      const waiting: (() => void)[] = [];
      world.server.fate = (_, store) => new Promise((resolve) => waiting.push(() => resolve(store())));
      for (const text of ["a", "b", "c"]) outbox.add(roomId, text);
      outbox.add(otherRoomId, "x");
      await settle();
      expect(texts(world.server.sends)).toEqual(["a", "x"]);
      expect(states(outbox)).toEqual(["a sending", "b waiting", "c waiting"]);
      while (waiting.length > 0) {
        waiting.shift()?.();
        await settle();
      }
      expect(texts(world.server.stored)).toEqual(["a", "x", "b", "c"]);
      expect(outbox.list(roomId)).toEqual([]);
      await world.storageSettles();
      expect(await world.browser.storage.list(account.id)).toEqual([]);
    });

    test("takes nothing that could never be sent: half a character is left out, nothing visible and too much are refused", async () => {
      const { outbox } = await world.openTab();
      const codeOf = (text: string) => {
        try {
          outbox.add(roomId, text);
          return null;
        } catch (error) {
          return (error as MaruClientError).code;
        }
      };
      for (const text of ["", " \n", "\uFE0F\u034F", "\ud83d", "\u0000"]) expect(codeOf(text)).toBe("message.empty");
      expect(codeOf("가".repeat(usualAccountLimits.messageCharacters + 1))).toBe("message.too_long");
      expect(codeOf("안녕\ud83d!\u0000")).toBeNull();
      await settle();
      await world.storageSettles();
      expect(texts(world.server.stored)).toEqual(["안녕!"]);
      expect(await world.browser.storage.list(account.id)).toEqual([]);
    });

    test("mends what an older version stored and could never send", async () => {
      const { outbox: first, close } = await world.openTab();
      world.server.isOnline = false;
      for (const text of ["하나", "둘"]) first.add(roomId, text);
      await world.storageSettles();
      const [one, two] = await world.browser.storage.list(account.id);
      if (!one || !two) throw new Error("nothing was stored");
      const error = new MaruClientError({ code: "request.invalid" }).toBody();
      await world.browser.storage.put({ ...one, text: "하나\ud800", state: "failed", error });
      await world.browser.storage.put({ ...two, text: "\udc00", state: "failed", error });
      close();
      world.server.isOnline = true;
      const { outbox } = await world.openTab();
      await world.storageSettles();
      expect(texts(world.server.stored)).toEqual(["하나"]);
      expect(outbox.list(roomId)).toEqual([]);
      expect(await world.browser.storage.list(account.id)).toEqual([]);
    });

    test("keeps what was not sent over a reload, and sends it in order under the same keys", async () => {
      world.server.isOnline = false;
      const before = await world.openTab();
      const keys = ["a", "b", "c"].map((text) => before.outbox.add(roomId, text));
      await world.storageSettles();
      before.close();
      world.server.isOnline = true;
      const after = await world.openTab();
      expect(world.server.stored.map(({ key }) => key)).toEqual(keys);
      expect(texts(world.server.stored)).toEqual(["a", "b", "c"]);
      expect(after.outbox.list(roomId)).toEqual([]);
    });

    test("keeps what a message carries beside its text over a reload, and sends it with it", async () => {
      world.server.isOnline = false;
      const before = await world.openTab();
      const extra = { v: 1, reply: { seq: 7 } } as const;
      before.outbox.add(roomId, "a", extra);
      before.outbox.add(roomId, "b");
      expect(before.outbox.list(roomId).map((unsent) => unsent.extra)).toEqual([extra, undefined]);
      await world.storageSettles();
      before.close();
      world.server.isOnline = true;
      await world.openTab();
      expect(world.server.stored.map((sent) => [sent.text, sent.extra])).toEqual([
        ["a", extra],
        ["b", undefined],
      ]);
    });

    test("takes beside a text as many bytes as the limit says, and not one more", async () => {
      world.server.isOnline = false;
      const { outbox } = await world.openTab();
      const extraOf = (bytes: number) => {
        const empty = { v: 1, note: "" } as const;
        return { ...empty, note: "a".repeat(bytes - JSON.stringify(empty).length) };
      };
      outbox.add(roomId, "a", extraOf(limits.messageExtraBytes));
      expect(() => outbox.add(roomId, "b", extraOf(limits.messageExtraBytes + 1))).toThrow(
        new MaruClientError({ code: "message.extra_too_large", params: { max: limits.messageExtraBytes } }),
      );
      expect(states(outbox)).toEqual(["a waiting"]);
    });

    test("brings back a failed message as failed, for the person to decide", async () => {
      world.server.fate = () => Promise.reject(new MaruClientError({ code: "room.closed" }));
      const before = await world.openTab();
      before.outbox.add(roomId, "a");
      await world.storageSettles();
      before.close();
      const after = await world.openTab();
      expect(states(after.outbox)).toEqual(["a failed"]);
      expect(world.server.sends).toHaveLength(1);
    });

    test("a tab that lives keeps its messages; another one does not send them too", async () => {
      world.server.isOnline = false;
      const one = await world.openTab();
      one.outbox.add(roomId, "a");
      await world.storageSettles();
      const two = await world.openTab();
      world.server.isOnline = true;
      two.outbox.flush();
      await settle();
      expect(world.server.sends).toEqual([]);
      one.outbox.flush();
      await settle();
      expect(texts(world.server.sends)).toEqual(["a"]);
    });

    test("of two tabs that find the messages of a third one only one takes them over", async () => {
      world.server.isOnline = false;
      const gone = await world.openTab();
      for (const text of ["a", "b"]) gone.outbox.add(roomId, text);
      await world.storageSettles();
      gone.close();
      world.server.isOnline = true;
      await Promise.all([world.openTab(), world.openTab()]);
      await world.clock.advance(2_000);
      await world.storageSettles();
      expect(texts(world.server.sends)).toEqual(["a", "b"]);
    });

    test("forgets everything of an account that signed out by itself, and nothing otherwise", async () => {
      world.server.isOnline = false;
      const { outbox } = await world.openTab();
      outbox.add(roomId, "a");
      await world.storageSettles();
      await outbox.close(false);
      expect(await world.browser.storage.list(account.id)).toHaveLength(1);
      await outbox.open(account.id);
      expect(states(outbox)).toEqual(["a waiting"]);
      await outbox.close(true);
      expect(await world.browser.storage.list(account.id)).toEqual([]);
    });
  });
}

test("says at once that it waits, under a key that the protocol takes", async () => {
  world.server.isOnline = false;
  const { outbox } = await world.openTab();
  expect(outbox.add(roomId, "a")).toMatch(/^[a-z0-9]{24}$/);
  expect(states(outbox)).toEqual(["a waiting"]);
});

test("sends although the browser refuses to store", async () => {
  const refuse = () => Promise.reject(new Error("no storage in this window"));
  world.browser.storage = { list: refuse, put: refuse, remove: refuse, adopt: refuse, clear: refuse };
  const { outbox } = await world.openTab();
  outbox.add(roomId, "a");
  await settle();
  expect(texts(world.server.stored)).toEqual(["a"]);
  expect(outbox.list(roomId)).toEqual([]);
});

test("takes nothing from somebody who is not signed in", async () => {
  const { outbox } = await world.openTab();
  await outbox.close(false);
  expect(() => outbox.add(roomId, "a")).toThrow(MaruClientError);
});

/** Tabs come, write and go, on a network that loses half of all answers. */
async function writeInTabs(seed: number): Promise<{ said: string[]; stored: string[] }> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  world = new OutboxWorld();
  world.server.fate = (_, store) => {
    const chance = random();
    if (chance < 0.25) throw unreachable();
    const message = store();
    if (chance < 0.5) throw unreachable();
    return message;
  };
  const said: string[] = [];
  const tabs = [{ name: 0, ...(await world.openTab()) }];
  let tabCount = 1;
  for (let step = 0; step < 40; step++) {
    const chance = random();
    const tab = pick(tabs);
    if (tab && chance < 0.6) {
      const text = `${String(said.length).padStart(3, "0")} of tab ${tab.name}`;
      tab.outbox.add(roomId, text);
      said.push(text);
    } else if (chance < 0.7) tabs.push({ name: tabCount++, ...(await world.openTab()) });
    else if (tab && chance < 0.8) tabs.splice(tabs.indexOf(tab), 1)[0]?.close();
    else await world.clock.advance(Math.floor(random() * 3_000));
  }
  // Whoever comes last takes over what all others have left.
  for (const tab of tabs) tab.close();
  await world.storageSettles();
  world.server.fate = (_, store) => store();
  await world.openTab();
  await world.clock.advance(60_000);
  await world.storageSettles();
  return { said, stored: texts(world.server.stored) };
}

test("whatever tabs do, everything said is stored once, and each tab's in its order", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { said, stored } = await writeInTabs(seed);
    expect({ seed, stored: [...stored].sort() }).toEqual({ seed, stored: said });
    for (let tab = 0; tab < 12; tab++) {
      const own = stored.filter((text) => text.endsWith(`tab ${tab}`));
      expect({ seed, tab, own }).toEqual({ seed, tab, own: [...own].sort() });
    }
  }
});
