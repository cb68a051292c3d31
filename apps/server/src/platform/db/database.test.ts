import { afterAll, beforeAll, expect, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { systemClock } from "../clock.ts";
import { MaruError } from "../errors.ts";
import { openDatabase } from "./database.ts";
import { openFrozenProxy } from "./frozen-proxy.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.db.sql`create table kept (word text primary key)`;
});
afterAll(() => database.close());

const codeOf = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => "done",
    (error) => (error instanceof MaruError ? error.code : String(error)),
  );

const isKept = async (word: string) => (await database.db.sql`select 1 from kept where word = ${word}`).length === 1;

test("a transaction past its deadline is not committed, and its caller is told that it is not", async () => {
  const db = database.connect({ deadlineMs: 150 });
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const told = await codeOf(
    db.transaction(async (tx) => {
      await tx`insert into kept values ('late')`;
      await tx`select pg_sleep(0.3)`;
      ended();
    }),
  );
  expect(told).toBe("server.busy");
  await end;
  await eventually("the place is free", () => db.stats().runningCount === 0);
  expect(await isKept("late")).toBe(false);
});

test("a query past its deadline may have happened, and its caller is told that", async () => {
  const db = database.connect({ deadlineMs: 100 });
  expect(await codeOf(db.sql`insert into kept select 'slow' from pg_sleep(0.3)`)).toBe("server.unavailable");
  await eventually("it is written after all", () => isKept("slow"));
});

test("work without a deadline has none, whatever bounds the database was given", async () => {
  const bounds = ["lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout"];
  for (const bound of bounds) await database.db.sql.unsafe(`alter database ${database.name} set ${bound} = '1s'`);
  const found = await database.db.withoutDeadline(
    (sql) => sql`
    select name, setting from pg_settings where name in (select jsonb_array_elements_text(${JSON.stringify(bounds)}::text::jsonb))`,
  );
  for (const bound of bounds) await database.db.sql.unsafe(`alter database ${database.name} reset ${bound}`);
  expect(found.map(({ name, setting }: { name: string; setting: string }) => [name, setting]).sort()).toEqual(
    bounds.map((name) => [name, "0"]).sort(),
  );
});

test("each way of running a query passes the gate", async () => {
  const db = database.connect();
  const insideOf = (query: PromiseLike<unknown>) => {
    void query.then(() => {});
    return db.stats().runningCount;
  };
  const slow = () => db.sql`select pg_sleep(0.05)`;
  expect(insideOf(slow())).toBe(1);
  expect(insideOf(slow().values())).toBe(2);
  expect(insideOf(slow().execute())).toBe(3);
  expect(insideOf(db.sql.unsafe("select pg_sleep(0.05)"))).toBe(4);
  await eventually("all have ended", () => db.stats().runningCount === 0);
  for (const begin of [db.transaction, db.sql.begin, db.sql.transaction]) {
    expect(await begin(async () => db.stats().runningCount)).toBe(1);
  }
  expect(await db.sql.begin("read only", async (tx) => tx`show transaction_read_only`.values())).toEqual([["on"]]);
  expect(() => db.sql.reserve()).toThrow("past the gate");
  expect(() => db.sql.close()).toThrow("past the gate");
});

test("fragments, lists and objects are the driver's", async () => {
  const { sql } = database.db;
  const [row] =
    await sql`select ${sql`1 + ${2}::int`} as sum, 'a' in ${sql(["a", "b"])} as is_in, ${{ a: 1 }}::jsonb as json`;
  expect(row).toEqual({ sum: 3, is_in: true, json: { a: 1 } });
});

test("a busy pool is not away: it answers a ping", async () => {
  const db = database.connect({ poolSize: 1 });
  const busy = [1, 2, 3, 4].map(() => db.sql`select pg_sleep(0.1)`.then(() => {}));
  await eventually("all are running", () => db.stats().runningCount === 4);
  expect(await db.ping()).toBe(true);
  expect(db.stats().runningCount).toBeGreaterThan(0);
  await Promise.all(busy);
});

test("who holds all connections and fills the line before them leaves the reserved ones free", async () => {
  const db = database.connect({ poolSize: 1, maxWaiting: 1 });
  const release = Promise.withResolvers<void>();
  const holding = [1, 2, 3, 4, 5].map(() => db.transaction(() => release.promise));
  expect(await codeOf(db.sql`select 1`)).toBe("server.busy");
  expect(await db.reserved.transaction((tx) => tx`select 1 as one`)).toEqual([{ one: 1 }]);
  expect(await db.reserved.sql`select 1 as one`).toEqual([{ one: 1 }]);
  release.resolve();
  await Promise.all(holding);
});

test("a database that takes no writes is not well, and is again when it does", async () => {
  const readOnly = await openTestDatabase();
  const { db, name } = readOnly;
  expect(await db.ping()).toBe(true);
  const change = (words: string) => db.sql.begin("read write", (tx) => tx.unsafe(`alter database ${name} ${words}`));
  await change("set default_transaction_read_only = on");
  const later = readOnly.connect();
  expect(await later.ping()).toBe(false);
  expect(await codeOf(later.sql`create table refused (a int)`)).toContain("read-only");
  await change("reset default_transaction_read_only");
  expect(await readOnly.connect().ping()).toBe(true);
  await readOnly.close();
});

test("a database that goes silent: bounded answers, bounded pings, and places that come back with fresh connections", async () => {
  if (!("socketPath" in database.target)) throw new Error("a socket is expected");
  const proxy = await openFrozenProxy(database.target.socketPath);
  const url = `postgres://maru@127.0.0.1:${proxy.port}/${database.name}`;
  const db = openDatabase({ url }, { clock: systemClock, poolSize: 2, deadlineMs: 200, stuckMs: 200 });
  expect(await db.ping()).toBe(true);
  await db.sql`select 1`;
  proxy.freeze();
  const startedAt = performance.now();
  const told = await Promise.all([codeOf(db.sql`select 1`), codeOf(db.transaction((tx) => tx`select 1`))]);
  expect(told).toEqual(["server.unavailable", "server.busy"]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await Promise.all(Array.from({ length: 50 }, () => db.ping()))).not.toContain(true);
  expect(proxy.connectionCount).toBeLessThanOrEqual(6);
  await eventually("the places are free", () => db.stats().runningCount === 0);
  proxy.thaw();
  expect(await codeOf(db.sql`select 1`)).toBe("done");
  await eventually("a ping is answered again", () => db.ping());
  await db.close();
  proxy.close();
}, 30_000);
