import type { Clock } from "@maru/protocol";
import type { SQL, TransactionSQL } from "bun";
import { Gate } from "./gate.ts";

/** The one database, behind its gate. Times and counters come as Postgres gives them; `int` stays a number. */
export interface Database {
  /** Runs a query: `` sql`select …` ``. Each awaited query passes the gate; fragments do not. */
  readonly sql: SQL;
  /** Runs a transaction; rolls back when `run` throws. Not repeated by itself. */
  transaction<T>(run: (tx: TransactionSQL) => Promise<T>): Promise<T>;
  /** Says whether the database answers within a second. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
  stats(): { readonly runningCount: number; readonly waitingCount: number };
}

export type DatabaseTarget =
  | { readonly socketPath: string; readonly username: string; readonly database: string }
  | { readonly url: string };

export type DatabaseOptions = {
  readonly clock: Clock;
  /** Connections held at most. */
  readonly poolSize?: number;
  readonly maxWaiting?: number;
  readonly deadlineMs?: number;
};

/** Ends what holds locks or runs for too long, on Postgres' side: a frozen node must not freeze a room. */
const sessionSettings = {
  application_name: "maru",
  lock_timeout: "2000",
  idle_in_transaction_session_timeout: "5000",
  statement_timeout: "15000",
  timezone: "UTC",
};

export function openDatabase(target: DatabaseTarget, options: DatabaseOptions): Database {
  const poolSize = options.poolSize ?? 16;
  const shared = { max: poolSize, adapter: "postgres" as const, connection: sessionSettings, connectionTimeout: 5 };
  const pool =
    "url" in target
      ? new Bun.SQL({ url: target.url, ...shared })
      : new Bun.SQL({ path: target.socketPath, username: target.username, database: target.database, ...shared });
  const gate = new Gate(options.clock, {
    maxRunning: poolSize * 4,
    maxWaiting: options.maxWaiting ?? 2_000,
    deadlineMs: options.deadlineMs ?? 10_000,
  });
  return {
    sql: gateQueries(pool, gate),
    transaction: (run) => gate.run(() => pool.begin((tx) => run(tx))),
    async ping() {
      const answer = gateQueries(pool, pingGate(options.clock))`select 1`;
      return answer.then(
        () => true,
        () => false,
      );
    },
    close: () => pool.close({ timeout: 5 }),
    stats: () => ({ runningCount: gate.runningCount, waitingCount: gate.waitingCount }),
  };
}

function pingGate(clock: Clock): Gate {
  return new Gate(clock, { maxRunning: 1, maxWaiting: 0, deadlineMs: 1_000 });
}

/**
 * Lets queries start only through the gate. A query starts when it is awaited, so each gets a `then` of its own that
 * waits for its turn first; as a fragment of another query it stays the driver's own object and is never awaited.
 */
function gateQueries(pool: SQL, gate: Gate): SQL {
  return new Proxy(pool, {
    apply(target, self, args) {
      const query = Reflect.apply(target as unknown as (...a: unknown[]) => unknown, self, args);
      return isQuery(query) ? gateQuery(query, gate) : query;
    },
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "unsafe") return (...args: Parameters<SQL["unsafe"]>) => gateQuery(target.unsafe(...args), gate);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function isQuery(value: unknown): value is PromiseLike<unknown> {
  return value instanceof Promise;
}

function gateQuery<Q extends PromiseLike<unknown>>(query: Q, gate: Gate): Q {
  const start = query.then.bind(query);
  let result: Promise<unknown> | null = null;
  const run = () => {
    result ??= gate.run(() => new Promise((resolve, reject) => void start(resolve, reject)));
    return result;
  };
  // A driver's query is a promise that starts late; its own methods all come down to `then`.
  Object.defineProperties(query, {
    // biome-ignore lint/suspicious/noThenProperty: the object is a promise already; this is its only way to wait first
    then: { value: (...on: Parameters<Promise<unknown>["then"]>) => run().then(...on) },
    catch: { value: (...on: Parameters<Promise<unknown>["catch"]>) => run().catch(...on) },
    finally: { value: (...on: Parameters<Promise<unknown>["finally"]>) => run().finally(...on) },
  });
  return query;
}
