import { afterEach, expect, test } from "bun:test";
import { clientMessageIdSchema } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { MemoryOutboxStorage } from "../outbox/memory-outbox-storage.ts";
import { newRandomKey } from "../random-key.ts";
import { fillPorts } from "./default-ports.ts";

const held = new Map<string, PropertyDescriptor | undefined>();

/** Makes this place one that has something else under a global name, until the test ends. */
function place(name: string, value: unknown): void {
  if (!held.has(name)) held.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

afterEach(() => {
  for (const [name, before] of held) {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  }
  held.clear();
});

test("keys of messages are new each time, and the server takes them, with and without crypto", () => {
  for (const crypto of [globalThis.crypto, undefined]) {
    place("crypto", crypto);
    const random = seededRandom(3);
    const keys = Array.from({ length: 500 }, () => newRandomKey(random));
    expect(new Set(keys).size).toBe(500);
    expect(keys.every((key) => clientMessageIdSchema.safeParse(key).success)).toBe(true);
  }
});

test("a place without a WebSocket says what to hand in", () => {
  place("WebSocket", undefined);
  expect(() => fillPorts({})).toThrow("createClient({ socket: WebSocket })");
});

test("a page of plain http, which has no locks, works without them", async () => {
  place("document", {});
  place("navigator", { onLine: true });
  expect(await fillPorts({}).withLock("refresh", async () => "done")).toBe("done");
});

test("a page that has locks takes turns by them", async () => {
  const asked: string[] = [];
  const request = <T>(name: string, _options: unknown, work: () => T) => {
    asked.push(name);
    return work();
  };
  place("document", {});
  place("navigator", { onLine: true, locks: { request } });
  expect(await fillPorts({}).withLock("refresh", async () => "done")).toBe("done");
  expect(asked).toEqual(["refresh"]);
});

test("a program keeps its outbox in memory, and is always online", () => {
  place("indexedDB", undefined);
  const { storage, environment } = fillPorts({});
  expect(storage).toBeInstanceOf(MemoryOutboxStorage);
  expect(environment.isOnline()).toBe(true);
});
