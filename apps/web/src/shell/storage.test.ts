import { afterEach, describe, expect, test } from "bun:test";
import { openTextStorage } from "./storage.ts";

const held = new Map<string, PropertyDescriptor | undefined>();

function define(name: string, property: PropertyDescriptor): void {
  if (!held.has(name)) held.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { ...property, configurable: true });
}

afterEach(() => {
  for (const [name, before] of held) {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  }
  held.clear();
});

const refuse = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};
/** Throws at whatever is done with it. */
const hostile = new Proxy(refuse, { get: refuse, has: refuse, apply: refuse, construct: refuse });

test.each([
  ["throws when it is looked at", { get: refuse }],
  ["throws when it is used", { value: hostile }],
  ["is not there", { value: undefined }],
  ["is null", { value: null }],
] as const)("a storage that %s is done without, and said so", (_, property) => {
  for (const name of ["localStorage", "window"]) define(name, property);
  const storage = openTextStorage();
  storage.onChanged(() => {})();
  storage.write("maru.draft.a", "안녕");
  expect([storage.read("maru.draft.a"), storage.keys()]).toEqual(["안녕", ["maru.draft.a"]]);
  expect(storage.state.getSnapshot()).toBe("refused");
  storage.write("maru.draft.a", null);
  expect([storage.read("maru.draft.a"), storage.keys()]).toEqual([null, []]);
});

describe("a text storage", () => {
  const full = (limit: number) => {
    const texts = new Map<string, string>();
    return {
      texts,
      getItem: (key: string) => texts.get(key) ?? null,
      setItem(key: string, text: string) {
        if (text.length > limit) throw new DOMException("full", "QuotaExceededError");
        texts.set(key, text);
      },
      removeItem: (key: string) => texts.delete(key),
      key: (at: number) => [...texts.keys()][at] ?? null,
      get length() {
        return texts.size;
      },
    };
  };

  test("that is full says so, holds what was refused, and reads that rather than what lies there", () => {
    const place = full(3);
    define("localStorage", { value: place });
    const storage = openTextStorage();
    const states: string[] = [];
    storage.state.subscribe(() => states.push(storage.state.getSnapshot()));
    storage.write("a", "abc");
    storage.write("a", "abcd");
    expect([storage.read("a"), place.texts.get("a"), states]).toEqual(["abcd", "abc", ["refused"]]);
    storage.write("a", "ab");
    expect([storage.read("a"), openTextStorage().read("a"), states]).toEqual(["ab", "ab", ["refused", "kept"]]);
  });

  test("that cannot forget pretends to, for as long as the page lives", () => {
    const place = full(9);
    define("localStorage", { value: { ...place, removeItem: refuse, length: 0 } });
    place.texts.set("a", "abc");
    const storage = openTextStorage();
    storage.write("a", null);
    expect([storage.read("a"), storage.state.getSnapshot()]).toEqual([null, "refused"]);
  });
});
