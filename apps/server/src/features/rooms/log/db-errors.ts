import type { FailureClass } from "./keyed-batcher.ts";

/** The SQLSTATE of an error, or "" where it has none (the connection was lost, the pool refused). */
export function sqlStateOf(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const state = (cause as Error & { errno?: unknown }).errno;
    if (typeof state === "string" && /^[0-9A-Z]{5}$/.test(state)) return state;
  }
  return "";
}

/**
 * What a failed append says: classes 22 and 23 blame a row, 55P03 a room that somebody holds; anything else (connection
 * lost, restart, deadlock, read-only, disk full) leaves the outcome open or may pass.
 */
export function classifyAppendFailure(error: unknown): FailureClass {
  const state = sqlStateOf(error);
  if (state === "55P03") return "split_by_key";
  return state.startsWith("22") || state.startsWith("23") ? "split" : "repeat";
}

/** True when a transaction lost a race that it may win when run again: deadlock, serialization, a lock in time. */
export function isRaceLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === "40P01" || state === "40001" || state === "55P03";
}
