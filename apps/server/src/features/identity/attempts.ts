import type { Clock, GuessLimit } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";

export type AttemptRule = Pick<GuessLimit, "freeFailures" | "baseDelayMs" | "maxDelayMs" | "forgetMs">;

/** Keys remembered at once; beyond it the one that has been quiet the longest is forgotten. */
const maxKeys = 50_000;

type Entry = { failures: number; blockedUntil: number; lastAt: number };

export type Attempts = ReturnType<typeof createAttempts>;

/**
 * Slows down guessing: each failure of a key beyond the free ones doubles the wait before the next attempt.
 *
 * An attempt counts as failed from its start until it succeeds, so a thousand at once are not a thousand free ones. A
 * refused attempt changes nothing: whoever floods a key delays its owner by `maxDelayMs` at most.
 * Counted in this node's memory.
 */
export function createAttempts(clock: Clock, rule: AttemptRule) {
  const entries = new Map<string, Entry>();

  function read(key: string): Entry {
    const entry = entries.get(key);
    if (entry && clock.monotonic() - entry.lastAt < rule.forgetMs) return entry;
    return { failures: 0, blockedUntil: 0, lastAt: 0 };
  }

  function write(key: string, entry: Entry): void {
    // Deleting first moves the key to the end: the map is ordered by last attempt.
    entries.delete(key);
    if (entry.failures > 0) entries.set(key, entry);
    if (entries.size > maxKeys) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
  }

  return {
    /** Starts an attempt, or fails with `rate.limited` and the wait that is left. */
    begin(key: string): void {
      const now = clock.monotonic();
      const entry = read(key);
      if (entry.blockedUntil > now) {
        throw fail("rate.limited", {}, { retryAfterMs: Math.ceil(entry.blockedUntil - now) });
      }
      const failures = entry.failures + 1;
      const beyond = failures - rule.freeFailures;
      const delay = beyond > 0 ? Math.min(rule.baseDelayMs * 2 ** Math.min(beyond - 1, 30), rule.maxDelayMs) : 0;
      write(key, { failures, blockedUntil: delay > 0 ? now + delay : 0, lastAt: now });
    },

    /** Takes back the count of an attempt that came to no answer or was right, leaving earlier failures. */
    takeBack(key: string): void {
      const entry = read(key);
      if (entry.failures > 0) write(key, { failures: entry.failures - 1, blockedUntil: 0, lastAt: entry.lastAt });
    },

    /** Forgets a key's failures: its owner proved to be there. */
    forget(key: string): void {
      entries.delete(key);
    },
  };
}
