import type { ErrorCode } from "@maru/protocol";
import { fail, type MaruError } from "../errors.ts";

/** What a database error says: Postgres' five-character code, or the driver's own. */
export function codeOfDatabaseError(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (typeof errno === "string" && errno.length === 5) return errno;
  return typeof code === "string" && code.startsWith("ERR_POSTGRES") ? code : null;
}

/** Connection lost, refused or ended; start-up, shut-down, disk full, read-only. */
const away = /^(08|57P|58|53100|25006|ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME))/;
/** Connection lost or refused; start-up and shut-down. */
const unreachable = /^(08|57P0|ERR_POSTGRES_CONNECTION)/;
/** Lock and statement time-outs, too many connections, deadlock, serialization. */
const busy = /^(55P03|57014|53|40)/;

/** Whether an error says that the database cannot be reached. */
export function isConnectionFault(error: unknown): boolean {
  return unreachable.test(codeOfDatabaseError(error) ?? "");
}

/** The catalogue's word for a fault of the database that passes by itself; null for all other errors. */
export function describeDatabaseFault(error: unknown): MaruError | null {
  const code = codeOfDatabaseError(error);
  if (code === null) return null;
  const word: ErrorCode | null = away.test(code) ? "server.unavailable" : busy.test(code) ? "server.busy" : null;
  return word && fail(word, undefined, { retryAfterMs: 1_000, cause: error });
}
