import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { silentLog } from "../log.ts";
import { StartError } from "../start-error.ts";
import { compareSchema, findRefusal, findWeakDurability } from "./inspect.ts";
import { fingerprintMigrations, type Migration, migrate, readMigrations } from "./migrate.ts";

let database: TestDatabase;
let folder: string;
let known: Migration[];

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "maru-steps-"));
  for (const [feature, name, sql] of [
    ["one", "001-first.sql", "create table one_things (id int primary key)"],
    ["one", "002-second.sql", "alter table one_things add name text; create index one_by_name on one_things (name)"],
    ["two", "001-first.sql", "create table two_things (id int references one_things)"],
  ] as const) {
    await mkdir(join(folder, feature), { recursive: true });
    await writeFile(join(folder, feature, name), sql);
  }
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.db.sql`drop table if exists two_things, one_things, three_things, platform_migrations`.simple();
  known = await readSteps();
});

const readSteps = () => readMigrations(["one", "two"].map((feature) => ({ feature, folder: join(folder, feature) })));
const step = (name: string, sql: string): Migration => ({ name, sql, checksum: Bun.hash(sql).toString(16) });
const run = (steps: readonly Migration[]) => migrate(database.db, steps, silentLog);
const wordsOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error) => (error instanceof StartError ? error.message : `not in words: ${error}`),
  );

test("steps run in the order of features and names, once", async () => {
  expect((await compareSchema(database.db, known)).isEmpty).toBe(true);
  expect(await run(known)).toEqual(["one/001-first", "one/002-second", "two/001-first"]);
  expect(await run(known)).toEqual([]);
  expect(await compareSchema(database.db, known)).toEqual({ isEmpty: false, missing: [], changed: [] });
});

test("of several nodes that start at once one runs them and the others wait", async () => {
  const nodes = Array.from({ length: 4 }, () => database.connect({ poolSize: 1 }));
  const ran = await Promise.all(nodes.map((db) => migrate(db, known, silentLog)));
  expect(ran.filter((steps) => steps.length === 3)).toHaveLength(1);
  expect(ran.flat()).toHaveLength(3);
});

test("a step that fails leaves the database as it was, earlier steps included", async () => {
  const broken = [...known, step("two/002-broken", "create table three_things (id int); select 1/0")];
  expect(await wordsOf(run(broken))).toContain("division by zero");
  expect((await compareSchema(database.db, known)).isEmpty).toBe(true);
  expect(await run(known)).toHaveLength(3);
});

test("a step that was changed after it had run is refused, and named by whoever looks", async () => {
  await run(known);
  const changed = known.map((one) => (one.name === "one/002-second" ? step(one.name, "select 2") : one));
  expect(await wordsOf(run(changed))).toContain("one/002-second was changed after it had run");
  expect((await compareSchema(database.db, changed)).changed).toEqual(["one/002-second"]);
  expect(fingerprintMigrations(changed)).not.toBe(fingerprintMigrations(known));
});

test("a database that is newer than the program is refused, and one that is older says what it lacks", async () => {
  await run(known);
  expect(await wordsOf(run(known.slice(0, 2)))).toContain("newer than this program: it has run two/001-first");
  const later = [...known, step("two/002-later", "select 1")];
  expect((await compareSchema(database.db, later)).missing).toEqual(["two/002-later"]);
});

test("a file that is not named as a step is not skipped in silence", async () => {
  await writeFile(join(folder, "two", "later.sql"), "select 1");
  await expect(readSteps()).rejects.toThrow("is not named NNN-name.sql");
  await rm(join(folder, "two", "later.sql"));
});

test("settings under which a power failure loses messages are named", async () => {
  expect(await findRefusal(database.db)).toBeNull();
  // The Postgres that tests share waits for no disk, so only what is switched off here is looked at.
  expect(await findWeakDurability(database.db)).not.toContain("synchronous_commit");
  await database.db.sql.unsafe(`alter database ${database.name} set synchronous_commit = off`);
  expect(await findWeakDurability(database.connect())).toContain("synchronous_commit");
});
