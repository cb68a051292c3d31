import type { JobState } from "./store-jobs.ts";

/** Failures on end after which a job is told to the operator. */
export const failingTries = 5;
/** A job that is due for longer than this is nobody's. */
const patienceMs = 600_000;

/** What is wrong with the jobs of a kind, in words that say what to do, or null. */
export function findJobFault({ kind, isRecurring, failingCount, lateMs }: JobState): string | null {
  if (failingCount > 0) {
    return `${kind}: ${countJobs(failingCount)} failed ${failingTries} times or more; the log of a worker says why.`;
  }
  // Jobs that come back are due whenever nothing has run for a while.
  if (isRecurring || lateMs === null || lateMs < patienceMs) return null;
  return `${kind}: due for ${describeSpan(lateMs)} and not begun. Does a node run whose roles include \`worker\`?`;
}

/** How the jobs of a kind stand, on one line. */
export function describeJob({ kind, isRecurring, count, heldCount, lateMs }: JobState): string {
  const held = heldCount > 0 ? `, ${heldCount} in hand` : "";
  if (!isRecurring) return `${kind}: ${count} ${count === 1 ? "waits" : "wait"}${held}`;
  if (lateMs === null) return `${kind}: in hand`;
  return `${kind}: ${lateMs > 0 ? `due for ${describeSpan(lateMs)}` : `due in ${describeSpan(-lateMs)}`}`;
}

function countJobs(count: number): string {
  return count === 1 ? "a job" : `${count} jobs`;
}

function describeSpan(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
