import { signedInMark } from "@maru/protocol";
import type { Environment, TabChannel } from "../ports.ts";

/**
 * Everything of a browser that may be withheld, be full or throw at any touch, behind doors that do not: in private windows,
 * strict settings, frames without rights and full disks. The one place in the SDK that
 * touches it.
 */
// ambient in this file: it is the adapter to what browsers have.

/** `kept`: what is stored outlives the page. `refused`: the browser withholds its storage, or it is full. */
export type StorageState = "kept" | "refused";

/** Does what a browser may refuse; null where it did. */
export function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

/** Whether this is a page rather than a program. */
export function isPage(): boolean {
  return attempt(() => typeof document !== "undefined") ?? false;
}

/** Whether somebody is likely to be signed in here: the server leaves a mark beside its secret. */
export function hasSignedInMark(): boolean {
  const cookies = attempt(() => document.cookie);
  // Where cookies cannot be read nothing is known.
  return typeof cookies !== "string" || new RegExp(`(^|;\\s*)(__Host-)?${signedInMark}`).test(cookies);
}

/** Opens the database of this origin; rejects where there is none or it may not be used. */
export function openDatabase(
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = globalThis.indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function hasDatabases(): boolean {
  return attempt(() => Boolean(globalThis.indexedDB)) ?? false;
}

/** The words between tabs; none where the browser has no such channel. */
export function openTabChannel(): TabChannel {
  const channel = isPage() ? attempt(() => new BroadcastChannel("maru")) : null;
  return {
    post: (message) => void attempt(() => channel?.postMessage(message)),
    listen(handle) {
      const onEvent = (event: MessageEvent) => handle(event.data);
      attempt(() => channel?.addEventListener("message", onEvent));
      return () => void attempt(() => channel?.removeEventListener("message", onEvent));
    },
  };
}

/** Events of a page after which a line is likely to be dead, or to be had again. */
const wakeEvents = [
  ["online", () => window],
  ["pageshow", () => window],
  ["focus", () => window],
  ["visibilitychange", () => document],
  // After a freeze (Page Lifecycle).
  ["resume", () => document],
] as const;

export function browserEnvironment(): Environment {
  if (!isPage()) return { isOnline: () => true, onWake: () => () => {} };
  return {
    isOnline: () => attempt(() => navigator.onLine) ?? true,
    onWake(listener) {
      // A page in the background has news to hear too; only its going there is none.
      const onEvent = (event: Event) => {
        if (event.type !== "visibilitychange" || document.visibilityState === "visible") listener();
      };
      for (const [event, target] of wakeEvents) attempt(() => target().addEventListener(event, onEvent));
      return () => {
        for (const [event, target] of wakeEvents) attempt(() => target().removeEventListener(event, onEvent));
      };
    },
    onNetworkLost(listener) {
      attempt(() => window.addEventListener("offline", listener));
      return () => void attempt(() => window.removeEventListener("offline", listener));
    },
  };
}

/** How long a turn is waited for, in ms: a tab that froze with the lock in its hand never gives it back. */
const turnMs = 35_000;

/**
 * Runs work while no other tab does; plain http on a LAN address has no locks, and the server bears two tabs at once: this
 * only spares it the work.
 */
export async function withBrowserLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  let running: Promise<T> | null = null;
  const run = () => {
    running ??= work();
    return running;
  };
  try {
    const locks = isPage() ? (navigator as { locks?: LockManager }).locks : undefined;
    if (locks) await locks.request(name, { signal: AbortSignal.timeout(turnMs) }, run);
  } catch {
    // The lock was refused or did not come; or the work failed, which is said below.
  }
  return run();
}
