import type { Clock } from "@maru/protocol";
import { IndexedDbOutboxStorage } from "./indexed-db-outbox-storage.ts";
import { MemoryOutboxStorage } from "./memory-outbox-storage.ts";
import type { ClientPorts, SocketConstructor, Surroundings, TabChannel } from "./ports.ts";

/** The machine's own time, randomness and network: the one place where the SDK touches them. */
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
    storage: given.storage ?? (hasIndexedDb() ? new IndexedDbOutboxStorage() : new MemoryOutboxStorage()),
    tabs: given.tabs ?? openTabChannel(),
    surroundings: given.surroundings ?? browserSurroundings(),
    exclusively: given.exclusively ?? exclusivelyHere,
  };
}

function hasIndexedDb(): boolean {
  return typeof globalThis.indexedDB !== "undefined";
}

/** Says whether this is a page rather than a program. */
export function isPage(): boolean {
  return typeof document !== "undefined";
}

function openTabChannel(): TabChannel {
  if (!isPage() || typeof BroadcastChannel === "undefined") return { post: () => {}, listen: () => () => {} };
  const channel = new BroadcastChannel("maru");
  return {
    post: (message) => channel.postMessage(message),
    listen(handle) {
      const hear = (event: MessageEvent) => handle(event.data);
      channel.addEventListener("message", hear);
      return () => channel.removeEventListener("message", hear);
    },
  };
}

function browserSurroundings(): Surroundings {
  if (!isPage()) return { isOnline: () => true, onRevival: () => () => {} };
  return {
    isOnline: () => navigator.onLine,
    onRevival(listener) {
      const onVisible = () => {
        if (document.visibilityState === "visible") listener();
      };
      window.addEventListener("online", listener);
      document.addEventListener("visibilitychange", onVisible);
      return () => {
        window.removeEventListener("online", listener);
        document.removeEventListener("visibilitychange", onVisible);
      };
    },
    onNetworkLost(listener) {
      window.addEventListener("offline", listener);
      return () => window.removeEventListener("offline", listener);
    },
  };
}

/** Plain http on a LAN address has no locks; the server bears two tabs at once, this only spares it the work. */
function exclusivelyHere<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = isPage() ? (navigator as { locks?: LockManager }).locks : undefined;
  return locks ? (locks.request(name, work) as Promise<T>) : work();
}
