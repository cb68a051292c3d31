import type { Clock } from "@maru/protocol";
import { IndexedDbOutboxStorage } from "../outbox/indexed-db-outbox-storage.ts";
import { MemoryOutboxStorage } from "../outbox/memory-outbox-storage.ts";
import type { ClientPorts, SocketConstructor } from "../ports.ts";
import { browserEnvironment, hasDatabases, isPage, openTabChannel, withBrowserLock } from "./browser.ts";

/** The machine's own time, randomness and network; what browsers add to that is in browser.ts. */
// ambient in this file: these are the defaults of what is injected everywhere else.
const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => ({ timer: globalThis.setTimeout(callback, delayMs) }),
  clearTimeout: (timer) => globalThis.clearTimeout(timer.timer as ReturnType<typeof setTimeout>),
};

/** Fills in what was not given. Throws where no WebSocket is to be had: Node 20 needs `ws` handed in. */
export function fillPorts(given: Partial<ClientPorts>): ClientPorts {
  const socket = given.socket ?? (globalThis.WebSocket as unknown as SocketConstructor | undefined);
  if (!socket)
    throw new Error("No WebSocket here. Hand one in: createClient({ socket: WebSocket }) with `ws` from npm.");
  return {
    clock: given.clock ?? systemClock,
    random: given.random ?? Math.random,
    socket,
    fetch: given.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    storage: given.storage ?? (isPage() || hasDatabases() ? new IndexedDbOutboxStorage() : new MemoryOutboxStorage()),
    tabs: given.tabs ?? openTabChannel(),
    environment: given.environment ?? browserEnvironment(),
    withLock: given.withLock ?? withBrowserLock,
  };
}
