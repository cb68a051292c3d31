import type { Database } from "../platform/db/database.ts";
import type { TestDatabase } from "./open-test-database.ts";

/** A statement that waits before it is sent. */
export type Held = {
  /** Resolves when somebody is about to run it. */
  readonly reached: Promise<void>;
  /** Lets it run; resolves once it has, and the transaction that it stands in has ended. */
  release(): Promise<void>;
};

/**
 * A database in which the next statement that matches can be held before it is sent: a barrier for races between a late
 * writer and whoever was quicker. What is given to a node is `database`.
 */
export function holdStatements(database: TestDatabase) {
  let next: { pattern: RegExp; reached: () => void; released: Promise<void>; done: () => void } | null = null;

  function held<S extends Bun.SQL>(sql: S, ends: (() => void)[] | null): S {
    return new Proxy(sql, {
      apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
        const run = () => Reflect.apply(target as never, self, args) as PromiseLike<unknown>;
        const hold = next;
        if (hold === null || !Array.isArray(args[0]) || !hold.pattern.test(args[0].join("?"))) return run();
        next = null;
        hold.reached();
        ends?.push(hold.done);
        const running = hold.released.then(run);
        return ends ? running : running.finally(hold.done);
      },
      get(target, name) {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  const wrapCalls = (calls: Database["reserved"]): Database["reserved"] => ({
    ...calls,
    sql: held(calls.sql, null),
    transaction(run) {
      const ends: (() => void)[] = [];
      return calls
        .transaction((tx) => run(held(tx, ends)))
        .finally(() => {
          for (const end of ends) end();
        });
    },
  });
  const wrap = (db: Database): Database => ({ ...db, ...wrapCalls(db), reserved: wrapCalls(db.reserved) });

  return {
    database: {
      ...database,
      connect: (...given: Parameters<TestDatabase["connect"]>) => wrap(database.connect(...given)),
    },
    hold(pattern: RegExp): Held {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const done = Promise.withResolvers<void>();
      next = { pattern, reached: reached.resolve, released: released.promise, done: done.resolve };
      return {
        reached: reached.promise,
        release: () => {
          released.resolve();
          return done.promise;
        },
      };
    },
  };
}
