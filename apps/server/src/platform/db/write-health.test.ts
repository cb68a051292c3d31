import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { createLog } from "../log.ts";

setDefaultTimeout(60_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("a failed write is said once and stops the rest; a written probe, and nothing else, lets them go on", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), now: () => 0 });
  const db = database.connect({ log, poolSize: 2 });
  // The probe cannot be written while another holds its table.
  const holder = database.connect({ poolSize: 1 });
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = holder.transaction(async (tx) => {
    await tx`lock table platform_write_probes`;
    held.resolve();
    await release.promise;
  });
  await held.promise;
  expect([db.isWritable, await db.ping()]).toEqual([true, true]);
  const refused = async () => {
    await db.transaction(async (tx) => {
      await tx`set transaction read only`;
      await tx`create table nothing (id int)`;
    });
  };
  for (let n = 0; n < 3; n++) await expect(refused()).rejects.toThrow("read-only");
  expect([db.isWritable, await db.ping()]).toEqual([false, false]);
  expect(lines.filter((line) => line.includes("cannot store"))).toHaveLength(1);
  // Reads say nothing about it.
  await db.sql`select 1`;
  expect(db.isWritable).toBe(false);
  release.resolve();
  await holding;
  await eventually("the probe was written", () => db.isWritable, 20_000);
  expect(await db.ping()).toBe(true);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual([
    "The database cannot store anything. Writes are refused until it can again.",
    "The database can store again.",
  ]);
  const [left] = await db.sql`select count(*)::int as count from platform_write_probes`;
  expect(left?.count).toBe(0);
});
