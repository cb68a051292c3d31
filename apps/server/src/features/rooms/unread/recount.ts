import type { RoomKind } from "@maru/protocol";
import { directPolicy, type RoomTraits } from "../policy.ts";
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
export function recountUnread(
  db: { withoutDeadline<T>(run: (sql: Sql) => Promise<T>): Promise<T> },
  policies: Iterable<readonly [RoomKind, RoomTraits]> = [],
): Promise<Recount> {
  const traits = new Map<RoomKind, RoomTraits>([["direct", directPolicy], ...policies]);
  return db.withoutDeadline((sql) =>
    sql.begin("isolation level repeatable read read only", (tx) => listUnreadFaults(tx, traits, maxFaults)),
  );
}
