import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, FakeClock } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { silentLog } from "../log.ts";
import {
  type BackgroundIndex,
  buildIndexes,
  buildIndexesInTurn,
  listUnbuiltIndexes,
  readBackgroundIndexes,
  startIndexBuilder,
} from "./background-indexes.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "maru-indexes-"));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.db.sql`drop table if exists one_things, platform_indexes`.simple();
  await database.db.sql`create table one_things (id int, name text, unique (name))`.simple();
});

const byId = "create index concurrently one_things_by_id on one_things (id);";
const byBoth = `-- Replaces the narrower one.
create unique index concurrently one_things_by_both on one_things (name, id);
alter table one_things drop constraint if exists one_things_name_key;`;

/** Reads indexes from files of a feature, as a release has them. */
async function read(files: Record<string, string>): Promise<BackgroundIndex[]> {
  const place = join(folder, "indexes");
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  for (const [name, sql] of Object.entries(files)) await writeFile(join(place, name), sql);
  return readBackgroundIndexes([
    { feature: "one", folder: place },
    { feature: "none", folder: join(folder, "missing") },
  ]);
}
const build = (indexes: readonly BackgroundIndex[]) => buildIndexes(database.db, indexes, silentLog);
const indexesOf = async () => {
  const rows = await database.db.sql<{ name: string; is_whole: boolean }[]>`
    select indexrelid::regclass::text as name, indisvalid as is_whole from pg_index
    where indrelid = 'one_things'::regclass order by 1`;
  return rows.map((row) => `${row.name}${row.is_whole ? "" : " (unfinished)"}`);
};

describe("indexes of a release", () => {
  test("are built once, and what they replace is taken away", async () => {
    const indexes = await read({ "001-by-id.sql": byId, "002-by-both.sql": byBoth });
    expect(await listUnbuiltIndexes(database.db, indexes)).toEqual(["one/001-by-id", "one/002-by-both"]);
    expect(await build(indexes)).toEqual(["one/001-by-id", "one/002-by-both"]);
    expect(await indexesOf()).toEqual(["one_things_by_both", "one_things_by_id"]);
    expect(await build(indexes)).toEqual([]);
    expect(await listUnbuiltIndexes(database.db, indexes)).toEqual([]);
  });

  test("that a crash left unfinished, or unrecorded, are made whole", async () => {
    const indexes = await read({ "001-by-id.sql": byId, "002-by-both.sql": byBoth });
    await database.db.sql`insert into one_things values (1, null), (1, null)`;
    const half = "create unique index concurrently one_things_by_id on one_things (id)";
    await expect(database.db.withoutDeadline((sql) => sql.unsafe(half))).rejects.toThrow("could not create unique");
    expect(await indexesOf()).toContain("one_things_by_id (unfinished)");
    await database.db.withoutDeadline((sql) => sql.unsafe(indexes[1]?.statements[0] ?? ""));
    expect(await build(indexes)).toEqual(["one/001-by-id", "one/002-by-both"]);
    expect(await indexesOf()).toEqual(["one_things_by_both", "one_things_by_id"]);
  });

  test("are built beside writers, which are not held up meanwhile", async () => {
    const indexes = await read({ "001-by-id.sql": byId });
    const other = database.connect({ poolSize: 1 });
    let building: ReturnType<typeof build> | undefined;
    await other.transaction(async (tx) => {
      await tx`insert into one_things values (1, 'before')`;
      building = build(indexes);
      // It waits for this transaction; other writers do not wait for it.
      await untilWaiting();
      await database.db.sql`insert into one_things values (2, 'meanwhile')`;
    });
    expect(await building).toEqual(["one/001-by-id"]);
  });

  test("that cannot be built leave nothing behind, say which they are, and keep no other waiting", async () => {
    const unique = "create unique index concurrently one_things_once on one_things (id);";
    const indexes = await read({ "001-once.sql": unique, "002-by-both.sql": byBoth, "003-by-id.sql": byId });
    await database.db.sql`insert into one_things values (1, null), (1, null)`;
    await expect(build(indexes)).rejects.toThrow(/^Not built: one\/001-once \(.*could not create unique index/);
    expect(await indexesOf()).toEqual(["one_things_by_both", "one_things_by_id"]);
    expect(await listUnbuiltIndexes(database.db, indexes)).toEqual(["one/001-once"]);
    await database.db.sql`delete from one_things`;
    expect(await build(indexes)).toEqual(["one/001-once"]);
  });

  test("whose predecessor is in use are whole, and the others after them wait for nobody's lock", async () => {
    const indexes = await read({ "001-by-both.sql": byBoth, "002-by-id.sql": byId });
    const other = database.connect({ poolSize: 1 });
    let building: ReturnType<typeof build> | undefined;
    await other.transaction(async (tx) => {
      await tx`lock table one_things in access share mode`;
      await database.db.withoutDeadline((sql) => sql.unsafe(indexes[0]?.statements[0] ?? "").catch(() => {}));
      building = build(indexes);
      await expect(building).rejects.toThrow("one/001-by-both (canceling statement due to lock timeout)");
    });
    expect(await indexesOf()).toEqual(["one_things_by_both", "one_things_by_id", "one_things_name_key"]);
    expect(await build(indexes)).toEqual(["one/001-by-both"]);
  });

  test("are left off between two once it is told to stop", async () => {
    const indexes = await read({ "001-by-id.sql": byId, "002-by-both.sql": byBoth });
    let asked = 0;
    expect(await buildIndexes(database.db, indexes, silentLog, () => ++asked > 1)).toEqual(["one/001-by-id"]);
    expect(await listUnbuiltIndexes(database.db, indexes)).toEqual(["one/002-by-both"]);
  });

  test("are waited for by who has to have them, while another process is at it", async () => {
    const indexes = await read({ "001-by-id.sql": byId });
    const clock = new FakeClock();
    const [isHeld, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const otherNode = database.db.withoutDeadline(async (sql) => {
      await sql`select pg_advisory_lock(7274748)`;
      isHeld.resolve();
      await release.promise;
    });
    await isHeld.promise;
    const waiting = buildIndexesInTurn({ db: database.db, indexes, clock, log: silentLog });
    await eventually("it waits", () => clock.pendingCount > 0);
    release.resolve();
    await otherNode;
    await clock.advance(1_000);
    expect(await waiting).toEqual(["one/001-by-id"]);
  });

  test("that fail again and again are tried more and more seldom", async () => {
    const unique = "create unique index concurrently one_things_once on one_things (id);";
    const indexes = await read({ "001-once.sql": unique });
    await database.db.sql`insert into one_things values (1, null), (1, null)`;
    const clock = new FakeClock();
    let warnings = 0;
    const log = { ...silentLog, warn: () => void warnings++ };
    const builder = startIndexBuilder({ db: database.db, indexes, clock, log });
    for (const [i, waitMs] of [30_000, 60_000, 120_000].entries()) {
      await eventually("it has failed", () => clock.pendingCount > 0 && warnings === i + 1);
      await clock.advance(waitMs - 1);
      expect([waitMs, clock.pendingCount]).toEqual([waitMs, 1]);
      await clock.advance(1);
    }
    await eventually("it has failed", () => clock.pendingCount > 0 && warnings === 4);
    builder.stop();
  });

  test.each([
    ["in a transaction", "create index one_things_by_id on one_things (id);"],
    ["with something else first", `drop index concurrently if exists x; ${byId}`],
    ["with something else behind", `${byId} delete from one_things;`],
    ["with a removal that fails the second time", `${byId} drop index concurrently one_things_old;`],
  ])("are refused when they are written %s", async (_, sql) => {
    await expect(read({ "001-by-id.sql": sql })).rejects.toThrow("001-by-id.sql");
  });

  test("in a file that is not named as one are not skipped in silence", async () => {
    await expect(read({ "later.sql": byId })).rejects.toThrow("is not named NNN-name.sql");
  });
});

/** Waits until the building of an index waits for a transaction of somebody else. */
const untilWaiting = () =>
  eventually("the building waits", async () => {
    const [row] = await database.db.sql`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query ilike 'create index concurrently%'`;
    return row.n > 0;
  });

test("of two nodes one builds; the other looks again later, as it does after a failure", async () => {
  const indexes = await read({ "001-by-id.sql": byId });
  const clock = new FakeClock();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const [isHeld, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const otherNode = database.db.withoutDeadline(async (sql) => {
    await sql`select pg_advisory_lock(7274748)`;
    isHeld.resolve();
    await release.promise;
  });
  await isHeld.promise;
  expect(await build(indexes)).toBeNull();

  const builder = startIndexBuilder({ db: database.db, indexes, clock, log });
  await eventually("it waits", () => clock.pendingCount > 0);
  release.resolve();
  await otherNode;
  await database.db.sql`alter table one_things rename to one_things_away`.simple();
  await clock.advance(30_000);
  await eventually("it waits again", () => clock.pendingCount > 0);
  expect(warnings).toEqual(["An index could not be built; it is tried again."]);
  await database.db.sql`alter table one_things_away rename to one_things`.simple();
  await clock.advance(30_000);
  await eventually("it is built", async () => (await listUnbuiltIndexes(database.db, indexes)).length === 0);
  expect(await indexesOf()).toContain("one_things_by_id");
  builder.stop();
});
