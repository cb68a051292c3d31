import type { Clock } from "@maru/protocol";
import type { SQL, TransactionSQL } from "bun";
import type { Log } from "../log.ts";
import { AdmissionGate } from "./admission-gate.ts";
import { gateSql } from "./gated-sql.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type DatabaseTarget, openDriver, Pool } from "./pool.ts";
import { Reachability } from "./reachability.ts";
import { WriteHealth } from "./write-health.ts";

export type { DatabaseTarget } from "./pool.ts";

/** Calls of the database, behind a gate. Times and counters come as Postgres gives them; `int` stays a number. */
export interface DatabaseCalls {
  /** Runs a query: `` sql`select …` ``. Each awaited query passes the gate; fragments do not. */
  readonly sql: SQL;
  /**
   * Runs a transaction; rolls back when `run` throws. Not repeated by itself. Whoever gets `server.busy` may rely on
   * nothing having been written; with `server.unavailable` it may have been.
   */
  transaction<T>(run: (tx: TransactionSQL) => Promise<T>): Promise<T>;
}

/** The one database. */
export interface Database extends DatabaseCalls {
  /**
   * The same over a few connections that nothing else can hold. For what comes in few batches however many ask, and must
   * not wait behind those who wait for each other's locks with all other connections in their hands.
   */
  readonly reserved: DatabaseCalls;
  /** Runs work on a connection of its own, past the gate and without a deadline; for what nobody waits for. */
  withoutDeadline<T>(run: (sql: SQL) => Promise<T>): Promise<T>;
  /** Whether the database answers within a second and takes writes. */
  ping(): Promise<boolean>;
  /**
   * False from the first write that failed for want of room on the disk, or since everything is read-only, until a probe
   * was written. Whoever would wait or try again had better refuse meanwhile.
   */
  readonly isWritable: boolean;
  /** True while it cannot be reached, which has been logged. */
  readonly isAway: boolean;
  /** Takes it for unable to store, until a probe says otherwise: for who learns of it in another way. */
  suspendWrites(reason: string): void;
  close(): Promise<void>;
  stats(): { readonly runningCount: number; readonly waitingCount: number };
}

export type DatabaseOptions = {
  readonly clock: Clock;
  readonly log?: Log;
  /** Connections held at most, besides the reserved ones and one for each of the two that look after its health. */
  readonly poolSize?: number;
  readonly maxWaiting?: number;
  readonly deadlineMs?: number;
  readonly stuckMs?: number;
};

/** Ends what holds locks or runs for too long, on Postgres' side: a frozen node must not freeze a room. */
const impatience = {
  lock_timeout: "2000",
  idle_in_transaction_session_timeout: "5000",
  statement_timeout: "15000",
};

/** More than the batches that run at a time: two of sends and one of read cursors. */
const reservedSize = 4;

/** Takes away the bounds that whoever runs Postgres has set for the account or the database. */
const patience = { lock_timeout: "0", idle_in_transaction_session_timeout: "0", statement_timeout: "0" };

export function openDatabase(target: DatabaseTarget, options: DatabaseOptions): Database {
  const { clock, poolSize = 16 } = options;
  const heartbeat = new Heartbeat(() => openDriver(target, {}, { max: 1, connectSeconds: 2 }), clock);
  const writes = new WriteHealth(
    () => openDriver(target, impatience, { max: 1, connectSeconds: 2 }),
    clock,
    options.log,
  );
  const reach = new Reachability(() => heartbeat.answers(), clock, options.log);
  const listeners: GateListeners = {
    onFailure(error, isAnswered) {
      writes.note(error);
      // What was given up loses its connection by our own doing.
      if (!isAnswered) reach.note(error);
    },
    onLate: () => reach.suspect(),
  };
  const open = (size: number) => openCalls(target, { ...options, poolSize: size }, listeners);
  const [shared, reserved] = [open(poolSize), open(reservedSize)];

  return {
    ...shared.calls,
    reserved: reserved.calls,
    async withoutDeadline(run) {
      const sql = openDriver(target, patience, { max: 1, connectSeconds: 10 });
      try {
        return await run(sql);
      } finally {
        await sql.close({ timeout: 0 });
      }
    },
    ping: async () => writes.isWritable && (await heartbeat.ping()),
    get isWritable() {
      return writes.isWritable;
    },
    get isAway() {
      return reach.isAway;
    },
    suspendWrites: (reason) => writes.suspend(reason),
    close: async () => {
      reach.close();
      await Promise.all([shared.pool.close(), reserved.pool.close(), heartbeat.close(), writes.close()]);
    },
    stats: () => ({
      runningCount: shared.gate.runningCount + reserved.gate.runningCount,
      waitingCount: shared.gate.waitingCount + reserved.gate.waitingCount,
    }),
  };
}

type GateListeners = Pick<AdmissionGate, "onFailure" | "onLate">;

/** Opens a pool with a gate before it. */
function openCalls(
  target: DatabaseTarget,
  options: DatabaseOptions & { readonly poolSize: number },
  { onFailure, onLate }: GateListeners,
): { readonly calls: DatabaseCalls; readonly pool: Pool; readonly gate: AdmissionGate } {
  const { clock, poolSize, maxWaiting = 2_000, deadlineMs = 10_000, stuckMs = 20_000 } = options;
  const pool = new Pool(() => openDriver(target, impatience, { max: poolSize, connectSeconds: 5 }));
  const gate = new AdmissionGate(
    clock,
    { maxRunning: poolSize * 4, maxWaiting, deadlineMs, stuckMs },
    onFailure,
    onLate,
  );

  function begin<T>(modes: string, run: (tx: TransactionSQL) => Promise<T>): Promise<T> {
    let owner: SQL | null = null;
    return gate.run(
      (permit) => {
        owner = pool.current;
        permit.isUndecided = false;
        return owner.begin(modes, async (tx) => {
          // The wait for a connection may have taken all the time there was.
          permit.requireTime();
          const value = await run(tx);
          permit.requireTime();
          permit.isUndecided = true;
          return value;
        }) as Promise<T>;
      },
      () => owner && pool.renew(owner),
    );
  }

  type Run<T> = (tx: TransactionSQL) => Promise<T>;
  const beginAny = <T>(first: string | Run<T>, second?: Run<T>) =>
    typeof first === "string" ? begin(first, second as Run<T>) : begin("", first);

  // The driver's overloads for one or two arguments are what `beginAny` tells apart.
  const sql = gateSql(pool, gate, beginAny as SQL["begin"]);
  return { calls: { sql, transaction: (run) => begin("", run) }, pool, gate };
}
