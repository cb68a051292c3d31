import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { createLease, LeaseLost } from "./leases.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.db.sql`create table written (word text)`;
});
afterAll(() => database.close());

let name: string;
let count = 0;
beforeEach(() => {
  name = `test.${count++}`;
});

function createHolder(holder: string, termMs = 60_000) {
  const clock = new FakeClock();
  const db = database.connect({ poolSize: 2 });
  const lease = createLease(db, { name, holder, termMs, clock });
  const write = (word: string) =>
    db
      .transaction(async (tx) => {
        await lease.fence(tx);
        await tx`insert into written values (${word})`;
      })
      .then(
        () => "written",
        (error) => (error instanceof LeaseLost ? "lost" : String(error)),
      );
  return { clock, db, lease, write };
}

/** As if the term had gone by on the database's clock, which no node's clock can say. */
const expire = () =>
  database.db.sql`update platform_leases set expires_at = clock_timestamp() - interval '1 ms' where name = ${name}`;
const wordsLike = async (prefix: string) =>
  (await database.db.sql<{ word: string }[]>`select word from written where word like ${`${prefix}%`}`).map(
    ({ word }) => word,
  );

test("of many that ask at once one holds it", async () => {
  const holders = Array.from({ length: 6 }, (_, i) => createHolder(`node-${i}`));
  const answers = await Promise.all(holders.map(({ lease }) => lease.hold()));
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test("its holder prolongs it; another has it when it is given back", async () => {
  const [one, two] = [createHolder("one"), createHolder("two")];
  expect([await one.lease.hold(), await two.lease.hold()]).toEqual([true, false]);
  await one.clock.advance(20_000);
  expect(await one.lease.hold()).toBe(true);
  await one.lease.release();
  await two.clock.advance(1_000);
  expect(await two.lease.hold()).toBe(true);
  expect(await one.lease.hold()).toBe(false);
});

test("its end is the database's to tell: a holder whose own clock stands still loses it all the same", async () => {
  const [one, two] = [createHolder("one"), createHolder("two")];
  await one.lease.hold();
  await two.clock.advance(10 * 60_000);
  expect(await two.lease.hold()).toBe(false);
  await expire();
  await two.clock.advance(1_000);
  expect(await two.lease.hold()).toBe(true);
});

test("a holder that wakes after its end writes nothing, and learns of it", async () => {
  const [one, two] = [createHolder("one"), createHolder("two")];
  await one.lease.hold();
  expect(await one.write("wake 1")).toBe("written");
  await expire();
  expect(await one.write("wake 2")).toBe("lost");
  await two.lease.hold();
  expect(await two.write("wake 3")).toBe("written");
  expect(await one.write("wake 4")).toBe("lost");
  expect(await one.lease.hold()).toBe(false);
  expect(await wordsLike("wake")).toEqual(["wake 1", "wake 3"]);
});

test("one that lost it and has it again does not write under its first time", async () => {
  const [one, two] = [createHolder("one"), createHolder("two")];
  await one.lease.hold();
  const sleeper = createHolder("one");
  await sleeper.lease.hold();
  await expire();
  await two.lease.hold();
  await two.lease.release();
  await one.clock.advance(20_000);
  expect(await one.lease.hold()).toBe(true);
  expect(await sleeper.write("again")).toBe("lost");
  expect(await one.write("again")).toBe("written");
});

test("nobody takes it between a holder's fence and its commit", async () => {
  const [one, two] = [createHolder("one"), createHolder("two")];
  await one.lease.hold();
  const order: string[] = [];
  let taken: Promise<unknown> = Promise.resolve();
  await one.db.transaction(async (tx) => {
    await one.lease.fence(tx);
    await tx`insert into written values ('fenced')`;
    taken = (async () => {
      await expire();
      await two.lease.hold();
      order.push("taken");
    })();
    await tx`select pg_sleep(0.1)`;
    order.push("committed");
  });
  await taken;
  expect(order).toEqual(["committed", "taken"]);
});

test("it asks the database at most every third of its term", async () => {
  const one = createHolder("one", 9_000);
  expect(await one.lease.hold()).toBe(true);
  await database.db.sql`delete from platform_leases where name = ${name}`;
  await one.clock.advance(2_999);
  await one.lease.hold();
  expect(await database.db.sql`select 1 from platform_leases where name = ${name}`).toHaveLength(0);
  await one.clock.advance(1);
  await one.lease.hold();
  expect(await database.db.sql`select 1 from platform_leases where name = ${name}`).toHaveLength(1);
});
