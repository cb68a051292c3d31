import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { fail } from "../errors.ts";
import { createLog } from "../log.ts";
import { findStorageFault, findStorageFaultIn } from "./write-health.ts";

setDefaultTimeout(60_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const postgresError = (errno: string, message = "") => Object.assign(new Error(message), { errno });

test("a full, failing or read-only disk is told from everything else that can go wrong", () => {
  expect(findStorageFault(postgresError("53100"))).toBe("the disk is full");
  expect(findStorageFault(postgresError("58030"))).toBe("the disk cannot be read or written");
  expect(findStorageFault(postgresError("25006"))).toBe("the database is read-only");
  expect(findStorageFault(postgresError("42501", 'could not open "base/5/1": Read-only file system'))).toBe(
    "the disk is read-only",
  );
  for (const error of [
    postgresError("42501", "permission denied for table rooms"),
    ...["23505", "40001", "55P03", "57P01", "08006", "53300"].map((code) => postgresError(code)),
    fail("server.busy"),
    null,
    "text",
  ])
    expect(findStorageFault(error)).toBeNull();
  expect(findStorageFaultIn('PANIC:  could not write to file "x": No space left on device')).toBe("the disk is full");
  expect(findStorageFaultIn("FATAL:  could not create lock file: Read-only file system")).toBe("the disk is read-only");
  expect(findStorageFaultIn("LOG:  received fast shutdown request")).toBeNull();
});

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
