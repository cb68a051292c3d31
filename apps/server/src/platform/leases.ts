import type { Clock } from "@maru/protocol";
import type { SQL } from "bun";
import type { Database } from "./db/database.ts";

/** Thrown inside a transaction whose node no longer holds the lease it writes under. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`The lease ${name} is held by another node now.`);
    this.name = "LeaseLost";
  }
}

/**
 * The right to do one thing on one node at a time. Time is the database's, and every write under the lease locks its row
 * first: a node that was frozen and wakes after its lease has gone writes nothing.
 */
export interface Lease {
  /** Takes or prolongs the lease; asks the database at most every third of its term. */
  hold(): Promise<boolean>;
  /** Locks the lease for the rest of the transaction; throws {@link LeaseLost} when it is not ours. */
  fence(tx: SQL): Promise<void>;
  /** Gives the lease back, so that another node need not wait for its end. */
  release(): Promise<void>;
}

export type LeaseOptions = {
  readonly name: string;
  /** This process; new at each start. */
  readonly holder: string;
  readonly termMs: number;
  readonly clock: Clock;
};

export function createLease(db: Database, { name, holder, termMs, clock }: LeaseOptions): Lease {
  let epoch: number | null = null;
  let askAgainAt = 0;

  return {
    async hold() {
      if (clock.monotonic() < askAgainAt) return epoch !== null;
      const askedAt = clock.monotonic();
      const [row] = await db.sql<{ epoch: number }[]>`
        insert into platform_leases as l (name, holder, expires_at)
        values (${name}, ${holder}, clock_timestamp() + ${termMs} * interval '1 ms')
        on conflict (name) do update set
          epoch = case when l.holder = excluded.holder then l.epoch else l.epoch + 1 end,
          holder = excluded.holder,
          expires_at = excluded.expires_at
        where l.holder = excluded.holder or l.expires_at < clock_timestamp()
        returning epoch`;
      epoch = row?.epoch ?? null;
      askAgainAt = askedAt + (epoch === null ? Math.min(termMs / 3, 1_000) : termMs / 3);
      return epoch !== null;
    },
    async fence(tx) {
      const [row] = await tx`
        select 1 from platform_leases
        where name = ${name} and holder = ${holder} and epoch = ${epoch ?? -1} and expires_at > clock_timestamp()
        for share`;
      if (row) return;
      epoch = null;
      askAgainAt = 0;
      throw new LeaseLost(name);
    },
    async release() {
      if (epoch === null) return;
      epoch = null;
      askAgainAt = 0;
      await db.sql`update platform_leases set expires_at = clock_timestamp() where name = ${name} and holder = ${holder}`;
    },
  };
}
