import { closeSync, openSync, readFileSync } from "node:fs";
import type { Clock, Timer } from "@maru/protocol";
import type { Log } from "./log.ts";

/** Between two looks, in ms: two system calls each, and the longest that a loop of refused connections can go on. */
const lookEveryMs = 100;
/** How long nobody is let in after it was found short, and how long it must be well to count as well again, in ms. */
const pauseMs = 1_000;
const calmMs = 3_000;
/** Kept free for the database, files and answers to those who ask how it is. */
const usualReserve = 32;

/** What a process may open, and how much of it is left. A test gives numbers of its own. */
export type DescriptorSource = {
  /** The lowest descriptor that is free; null when none is. */
  findFree(): number | null;
  /** How many there may be; null where the system does not tell. */
  findLimit(): number | null;
};

export type DescriptorWatch = {
  /** True from the moment in which none were left, until it has been well for a while. */
  readonly isShort: boolean;
  stop(): void;
};

/**
 * Watches that this process can open files and sockets. When nothing is left, the runtime would try to accept who waits at
 * the port over and over, without a word: so nobody is let in for a moment, which also lets go of idle connections, and
 * it is said once.
 */
export function watchDescriptors(deps: {
  readonly clock: Clock;
  readonly log: Log;
  /** Lets nobody in. */
  readonly pause: () => void;
  /** Lets people in again; false when that did not work yet. */
  readonly resume: () => boolean;
  readonly source?: DescriptorSource;
}): DescriptorWatch {
  const { clock, log, pause, resume, source = processDescriptors } = deps;
  let limit = source.findLimit();
  let isShort = false;
  let isPaused = false;
  let shortAt = 0;
  let limitReadAt = clock.monotonic();
  let timer: Timer = clock.setTimeout(look, lookEveryMs);

  function look(): void {
    timer = clock.setTimeout(look, lookEveryMs);
    const now = clock.monotonic();
    const free = source.findFree();
    if (free !== null && now - limitReadAt >= pauseMs) {
      limit = source.findLimit();
      limitReadAt = now;
    }
    const reserve = Math.min(usualReserve, Math.floor((limit ?? 0) / 8));
    if (free === null || (limit !== null && free >= limit - reserve)) return close(now);
    if (!isShort) return;
    const hasRoom = limit === null || free < limit - 2 * reserve;
    if (isPaused && hasRoom && now - shortAt >= pauseMs) isPaused = !resume();
    if (isPaused || !hasRoom || now - shortAt < calmMs) return;
    isShort = false;
    log.info("There are descriptors again.");
  }

  function close(now: number): void {
    shortAt = now;
    if (!isShort) {
      log.error(
        "No descriptors are left for files and sockets. New connections wait; raise the limit: ulimit -n 20000",
        {
          limit,
        },
      );
    }
    isShort = true;
    if (isPaused) return;
    isPaused = true;
    pause();
  }

  return {
    get isShort() {
      return isShort;
    },
    stop: () => clock.clearTimeout(timer),
  };
}

/** Those of this process. */
export const processDescriptors: DescriptorSource = {
  findFree() {
    try {
      // The system gives the lowest number that is free (POSIX, open).
      const file = openSync("/dev/null", "r");
      closeSync(file);
      return file;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EMFILE" || code === "ENFILE") return null;
      throw error;
    }
  },
  findLimit() {
    try {
      const words = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
      return words ? Number(words[1]) : null;
    } catch {
      return null;
    }
  },
};
