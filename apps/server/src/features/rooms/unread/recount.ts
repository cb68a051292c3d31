import type { Sql } from "../ports.ts";
import { listUnreadFaults, type UnreadFault } from "./store-unread.ts";

export type { UnreadFault } from "./store-unread.ts";

/** Faults told at most. */
const maxFaults = 1_000;

export type Recount = {
  readonly faults: readonly UnreadFault[];
  readonly roomCount: number;
  readonly memberCount: number;
};

/**
 * Counts every room from its messages and tells each badge and counter that says something else. Reads one snapshot and
 * writes nothing. There never should be any: the numbers are derived from what one transaction writes.
 */
export function recountUnread(db: { withoutDeadline<T>(run: (sql: Sql) => Promise<T>): Promise<T> }): Promise<Recount> {
  return db.withoutDeadline((sql) =>
    sql.begin("isolation level repeatable read read only", (tx) => listUnreadFaults(tx, maxFaults)),
  );
}
