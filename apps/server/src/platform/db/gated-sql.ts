import type { SQL } from "bun";
import type { AdmissionGate } from "./admission-gate.ts";
import type { Pool } from "./pool.ts";

/** Ways past the gate, or to close what is not theirs to close: not for users of a {@link Database}. */
const refused = new Set<PropertyKey>([
  "reserve",
  "beginDistributed",
  "distributed",
  "commitDistributed",
  "rollbackDistributed",
  "connect",
  "flush",
  "close",
  "end",
]);

/**
 * The driver's own tag, with all that starts work going through the gate. A query starts when it is awaited, so each
 * gets a `then` of its own that waits for its turn first; as a fragment of another query it stays the driver's own object
 * and is never awaited.
 */
export function gateSql(pool: Pool, gate: AdmissionGate, begin: SQL["begin"]): SQL {
  return new Proxy(pool.current, {
    apply(_target, _self, args) {
      const owner = pool.current;
      const query = Reflect.apply(owner as unknown as (...words: unknown[]) => unknown, owner, args);
      // Also a helper such as sql([…]) comes this way, and that is no promise.
      return query instanceof Promise ? gateQuery(query, gate, () => pool.renew(owner)) : query;
    },
    get(_target, name) {
      if (name === "begin" || name === "transaction") return begin;
      if (refused.has(name)) {
        return () => {
          throw new Error(`sql.${String(name)} would go past the gate of the database.`);
        };
      }
      const owner = pool.current;
      if (name === "unsafe" || name === "file") {
        return (...args: Parameters<SQL["unsafe"]>) => gateQuery(owner[name](...args), gate, () => pool.renew(owner));
      }
      const value = Reflect.get(owner, name, owner);
      return typeof value === "function" ? value.bind(owner) : value;
    },
  });
}

function gateQuery<Q extends PromiseLike<unknown>>(query: Q, gate: AdmissionGate, onStuck: () => void): Q {
  const start = query.then.bind(query);
  let result: Promise<unknown> | null = null;
  const run = () => {
    result ??= gate.run(() => new Promise((resolve, reject) => void start(resolve, reject)), onStuck);
    return result;
  };
  // A driver's query is a promise that starts late; its own methods all come down to `then`, and `execute` starts it.
  void Object.defineProperties(query, {
    // biome-ignore lint/suspicious/noThenProperty: the object is a promise already; this is its only way to wait first
    then: { value: (...on: Parameters<Promise<unknown>["then"]>) => run().then(...on) },
    catch: { value: (...on: Parameters<Promise<unknown>["catch"]>) => run().catch(...on) },
    finally: { value: (...on: Parameters<Promise<unknown>["finally"]>) => run().finally(...on) },
    execute: {
      value: () => {
        run().catch(() => {});
        return query;
      },
    },
  });
  return query;
}
