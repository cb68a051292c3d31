import { MaruError } from "../errors.ts";
import type { Log, LogFields } from "../log.ts";
import { codeOfDatabaseError, isConnectionFault } from "./faults.ts";

/** Why an error means that nothing can be stored; null when it does not mean that. */
export function findStorageFault(error: unknown): string | null {
  switch (codeOfDatabaseError(error)) {
    case "53100":
      return "the disk is full";
    case "58030":
      return "the disk cannot be read or written";
    case "25006":
      return "the database is read-only";
    case "42501":
      // Postgres files this under a lack of rights.
      return /read-only file system/i.test((error as Error).message) ? "the disk is read-only" : null;
    default:
      return null;
  }
}

/** The same by the last words of a Postgres that could not go on. */
export function findStorageFaultIn(text: string): string | null {
  if (/No space left on device|Disk quota exceeded/i.test(text)) return "the disk is full";
  if (/Read-only file system/i.test(text)) return "the disk is read-only";
  return /(FATAL|PANIC):.*Input\/output error/i.test(text) ? "the disk cannot be read or written" : null;
}

/** How many errors may lead to one another. */
const maxCauses = 5;

/**
 * Logs as `debug` each failure that comes of a full or read-only disk, or of a database that is away. The database says that
 * once; without this, every task that meets it would say it again, some of them twice a second.
 */
export function quietenDatabaseFaults(log: Log, db: { readonly isAway: boolean }): Log {
  const isSaid = (error: unknown) => comesOf(error, isStorageFault) || (db.isAway && comesOf(error, isAwayFault));
  const write = (level: "warn" | "error") => (message: string, fields?: LogFields) =>
    (isSaid(fields?.error) ? log.debug : log[level])(message, fields);
  return {
    debug: log.debug,
    info: log.info,
    warn: write("warn"),
    error: write("error"),
    child: (fields) => quietenDatabaseFaults(log.child(fields), db),
  };
}

const isStorageFault = (error: unknown) => findStorageFault(error) !== null;
/** What a call says that found no connection, got no answer in time, or no turn because others wait for theirs. */
const isAwayFault = (error: unknown) =>
  isConnectionFault(error) ||
  (error instanceof MaruError && (error.code === "server.unavailable" || error.code === "server.busy"));

function comesOf(error: unknown, isFault: (error: unknown) => boolean): boolean {
  for (let cause = error, n = 0; n <= maxCauses; cause = cause instanceof Error ? cause.cause : undefined, n++) {
    if (isFault(cause)) return true;
  }
  return false;
}
