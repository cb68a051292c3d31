import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { systemClock } from "../clock.ts";
import { createLog } from "../log.ts";
import { openDatabase } from "./database.ts";
import { openFrozenProxy } from "./frozen-proxy.ts";
import { quietenDatabaseFaults } from "./storage-faults.ts";

setDefaultTimeout(30_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const away = "The database is away. What needs it is tried again until it answers.";
const back = "The database answers again.";

/** A task of a node, over a wire that can be cut or go silent, and what is logged for people to read. */
async function openNode(deadlineMs: number) {
  if (!("socketPath" in database.target)) throw new Error("a socket is expected");
  const proxy = await openFrozenProxy(database.target.socketPath);
  const lines: string[] = [];
  const said = createLog({ level: "info", write: (line) => lines.push(JSON.parse(line).message), now: () => 0 });
  const url = `postgres://maru@127.0.0.1:${proxy.port}/${database.name}`;
  const db = openDatabase({ url }, { clock: systemClock, log: said, poolSize: 2, deadlineMs, stuckMs: 200 });
  const log = quietenDatabaseFaults(said, db);
  const attempt = () =>
    db.sql`select 1`.then(
      () => true,
      (error: unknown) => {
        log.warn("A task failed.", { error });
        return false;
      },
    );
  const close = async () => {
    await db.close();
    proxy.close();
  };
  return { proxy, lines, attempt, db, close };
}

test("a database that was cut off is told once, and once that it answers again, however often it is tried", async () => {
  const { proxy, lines, attempt, db, close } = await openNode(10_000);
  expect(await attempt()).toBe(true);
  proxy.cut();
  expect(await Promise.all([attempt(), attempt(), attempt()])).toEqual([false, false, false]);
  expect([lines, db.isAway]).toEqual([[away], true]);
  proxy.mend();
  await eventually("it answers", () => !db.isAway, 15_000);
  expect(lines).toEqual([away, back]);
  await close();
});

test("one that goes silent is found by who waits in vain, and a call that is merely slow makes nobody say so", async () => {
  const { proxy, lines, attempt, db, close } = await openNode(200);
  await expect(db.sql`select pg_sleep(0.3)`.then(() => {})).rejects.toThrow();
  await db.ping();
  expect([lines, db.isAway]).toEqual([[], false]);
  proxy.freeze();
  expect(await attempt()).toBe(false);
  await eventually("somebody found out", () => db.isAway, 15_000);
  lines.length = 0;
  expect(await Promise.all([attempt(), attempt()])).toEqual([false, false]);
  expect(lines).toEqual([]);
  proxy.thaw();
  await eventually("it answers", () => !db.isAway, 15_000);
  expect(lines).toEqual([back]);
  await close();
});
