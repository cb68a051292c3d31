import { afterEach, describe, expect, test } from "bun:test";
import { browserEnvironment, hasDatabases, hasSignedInMark, openTabChannel, withBrowserLock } from "./browser.ts";

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
const names = ["indexedDB", "BroadcastChannel", "navigator", "document", "window"];

describe.each([
  ["throws when it is looked at", { get: refuse }],
  ["throws when it is used", { value: hostile }],
  ["is not there", { value: undefined }],
  ["is null", { value: null }],
] as const)("what %s", (_, property) => {
  test.each(names)("harms nobody: %s", async (name) => {
    if (name !== "document") define("document", { value: { visibilityState: "visible", cookie: "" } });
    define(name, property);
    const environment = browserEnvironment();
    expect(environment.isOnline()).toBeBoolean();
    environment.onWake(() => {})();
    environment.onNetworkLost?.(() => {})();
    const tabs = openTabChannel();
    tabs.post({ type: "hello" });
    tabs.listen(() => {})();
    expect([hasDatabases(), hasSignedInMark()].every((each) => typeof each === "boolean")).toBe(true);
    expect(await withBrowserLock("turn", async () => "done")).toBe("done");
  });
});

describe("a turn of one tab at a time", () => {
  const withLocks = (request: unknown) => {
    define("document", { value: {} });
    define("navigator", { value: { locks: { request } } });
  };

  test("whose lock is refused before the work is done without, once", async () => {
    for (const request of [refuse, () => Promise.reject(new DOMException("no", "InvalidStateError"))]) {
      withLocks(request);
      let count = 0;
      expect(await withBrowserLock("turn", async () => ++count)).toBe(1);
      expect(count).toBe(1);
    }
  });

  test("tells how the work failed, and does it once", async () => {
    withLocks((_name: string, _options: unknown, work: () => Promise<unknown>) => work());
    let count = 0;
    const failing = withBrowserLock("turn", async () => {
      count++;
      throw new Error("the work's own fault");
    });
    expect(await failing.catch((error) => error.message)).toBe("the work's own fault");
    expect(count).toBe(1);
  });
});

test("the mark of a sign-in is found under each of its names, and where cookies cannot be read it may be there", () => {
  for (const [cookie, isThere] of [
    ["", false],
    ["other=1; maru_signed=1", false],
    ["maru_signed_in=yes", true],
    ["a=b; maru_signed_in_8080=yes", true],
    ["__Host-maru_signed_in_8443=yes", true],
  ] as const) {
    define("document", { value: { cookie } });
    expect([cookie, hasSignedInMark()]).toEqual([cookie, isThere]);
  }
  define("document", { value: Object.defineProperty({}, "cookie", { get: refuse }) });
  expect(hasSignedInMark()).toBe(true);
});
