import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, writeSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { silentLog } from "../log.ts";
import { StartError } from "../start-error.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { findPostgresPackage } from "./postgres-binaries.ts";
import { readyCluster } from "./postgres-cluster.ts";
import { choosePostgresLauncher, listPostgresLaunchers } from "./postgres-launchers.ts";
import { PostgresLog } from "./postgres-log.ts";
import { makeRuntimeFolder } from "./runtime-folder.ts";

const isRoot = process.getuid?.() === 0;
const installedPackage = findPostgresPackage();
const somebodyElse = 4_242;
setDefaultTimeout(60_000);
const quiet = { clock: systemClock, log: silentLog };
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "maru-place-"));
});
afterAll(async () => {
  for (const closed of ["private", "package/native/lib"]) await chmod(join(home, closed), 0o700).catch(() => {});
  await rm(home, { recursive: true, force: true });
});

const wordsOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error) => (error instanceof StartError ? error.message : `not in words: ${error}`),
  );

/** A folder that only another account may enter; to an ordinary account of its own, one that nobody may. */
async function makePrivateFolder(): Promise<string> {
  const folder = join(home, "private");
  await mkdir(folder, { recursive: true });
  await chmod(folder, isRoot ? 0o700 : 0o000);
  if (isRoot) await chown(folder, somebodyElse, somebodyElse);
  return folder;
}

test("library links that no install script made are made in a folder of ours, and the package is left as it is", async () => {
  const folder = isRoot ? join(await makePrivateFolder(), "package") : join(home, "package");
  const links: { target: string }[] = JSON.parse(
    await readFile(join(installedPackage, "native/pg-symlinks.json"), "utf8"),
  );
  const made = new Set(links.map(({ target }) => join(installedPackage, target)));
  await cp(installedPackage, folder, { recursive: true, filter: (path) => !made.has(path) && !path.endsWith(".a") });
  const before = await readdir(join(folder, "native/lib"));
  await chmod(join(folder, "native/lib"), 0o555);
  const data = join(home, "linked");
  for (const _ of ["made", "found"]) {
    const postgres = await startEmbeddedPostgres({ ...quiet, data, packageFolder: folder });
    await postgres.stop();
  }
  expect(await readdir(join(folder, "native/lib"))).toEqual(before);
  expect((await readdir(join(data, "postgres-libraries"))).length).toBe(links.length);
});

test.each([
  ["a:b/data", installedPackage],
  ["a;b/data", installedPackage],
  ["data", 'a"b'],
  ["data", "a$b"],
  ["data", "a`b"],
])("a path that Postgres cannot work with is refused in words: data in %s, programs in %s", async (data, programs) => {
  const packageFolder = resolve(home, programs);
  expect(await wordsOf(startEmbeddedPostgres({ ...quiet, data: join(home, data), packageFolder }))).toContain(
    "since a folder on the way has",
  );
});

test("a data folder may be called anything else", async () => {
  const postgres = await startEmbeddedPostgres({
    ...quiet,
    data: join(home, `마루 #1 ?a 100%zz 'b' "c" $d \`e\` [f] \\g`),
  });
  await postgres.stop();
});

test("a data folder below another account's: root works there, everybody else is told why not", async () => {
  const data = join(await makePrivateFolder(), "below", "data");
  if (isRoot) await cp(join(home, "linked"), data, { recursive: true });
  const start = startEmbeddedPostgres({ ...quiet, data }).then((postgres) => postgres.stop());
  expect(await wordsOf(start)).toStartWith(isRoot ? "done" : `The data folder ${data} cannot be made or entered`);
});

test("when no way of running it works, each is named with its reason", async () => {
  const [usual] = listPostgresLaunchers();
  const binaries = { initdb: "/bin/true", postgres: "", version: "18", libraryPath: null };
  const broken = { ...usual, name: "broken", prefix: ["/bin/sh", "-c", "echo not allowed here >&2; exit 1"] };
  const owner = { uid: 0, gid: 0 };
  const absent = { name: "absent", prefix: ["no-such-program-here"], owner };
  expect(() => choosePostgresLauncher([{ ...broken, owner }, absent], binaries, home)).toThrow(
    /broken: not allowed here\n.*absent: .*no-such-program-here[\s\S]*DATABASE_URL/,
  );
  if (usual) expect(choosePostgresLauncher([absent, usual], binaries, home)).toBe(usual);
});

test("what lies where the database belongs and is none is left alone and said", async () => {
  const data = join(home, "strange");
  await mkdir(join(data, "postgres"), { recursive: true });
  await writeFile(join(data, "postgres/base"), "kept");
  expect(await wordsOf(startEmbeddedPostgres({ ...quiet, data }))).toContain("is not empty and holds no database");
  await writeFile(join(data, "postgres/PG_VERSION"), "17\n");
  expect(await wordsOf(startEmbeddedPostgres({ ...quiet, data }))).toContain("was made by Postgres 17");
  expect(await readFile(join(data, "postgres/base"), "utf8")).toBe("kept");
});

test("a database of another account: root takes it over, everybody else is told whose it is", async () => {
  const cluster = join(home, "owned");
  await mkdir(join(cluster, "deep"), { recursive: true });
  await writeFile(join(cluster, "PG_VERSION"), "18\n");
  const binaries = { initdb: "", postgres: "", version: "18", libraryPath: null };
  const owner = { uid: somebodyElse, gid: somebodyElse };
  const told = await wordsOf(readyCluster(cluster, { name: "", prefix: [], owner }, binaries));
  expect(told).toStartWith(isRoot ? "done" : `The database in ${cluster} belongs to the account ${process.getuid?.()}`);
  if (isRoot) expect((await stat(join(cluster, "deep"))).uid).toBe(somebodyElse);
});

test("its log holds nothing that people wrote, and does not grow beyond its bound", async () => {
  const data = join(home, "quiet");
  await cp(join(home, "linked"), data, { recursive: true });
  const path = join(data, "postgres.log");
  await writeFile(path, `${"old\n".repeat(300_000)}newest\n`, { mode: 0o600 });
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  const { socketPath, username } = postgres;
  const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
  const refusals = [
    await sql`create table people (email text primary key, age int check (age > 0))`.then(() => "made"),
    await sql`insert into people values ('bom@maru.test', 30), ('bom@maru.test', 31)`.catch((error) => error.code),
    await sql`insert into people values ('garam@maru.test', ${-1})`.catch((error) => error.code),
    await sql.unsafe("select 'the words of a message'::uuid").catch((error) => error.code),
    await sql.unsafe("select the words of a message").catch((error) => error.code),
    await sql.unsafe("do $$ begin raise warning 'garam@maru.test'; end $$").then(() => "warned"),
  ];
  expect(refusals.filter((code) => code === "ERR_POSTGRES_SERVER_ERROR" || /SYNTAX/.test(code))).toHaveLength(4);
  await sql.close({ timeout: 0 });
  await postgres.stop();
  const written = await readFile(path, "utf8");
  expect(written).toContain("database system is shut down");
  expect(written).not.toMatch(/maru\.test|message|people|old/);
  expect((await stat(path)).size).toBeLessThan(10_000);
  expect(await readFile(`${path}.1`, "utf8")).toEndWith("newest\n");
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test("the log is emptied in place when it has grown, under whoever is writing to it", async () => {
  const log = new PostgresLog(join(home, "long.log"));
  const file = log.open();
  writeSync(file, `${"x".repeat(1_100_000)}\nthe end of the first\n`);
  log.trim();
  writeSync(file, "and on\n");
  closeSync(file);
  expect(log.tail()).toBe("and on");
  expect((await stat(log.path)).size).toBe(7);
  expect(await readFile(`${log.path}.1`, "utf8")).toEndWith("the end of the first\n");
});

test("the folder of sockets is private and short, also where the name is taken or the usual place is none", async () => {
  const base = await mkdtemp("/tmp/maru-base-");
  const first = await makeRuntimeFolder("/a/data", base);
  expect([first.startsWith(`${base}/maru-`), (await stat(first)).mode & 0o777]).toEqual([true, 0o700]);
  expect(await makeRuntimeFolder("/a/data", base)).toBe(first);
  await chmod(first, 0o777);
  const second = await makeRuntimeFolder("/a/data", base);
  expect([second !== first, (await stat(second)).mode & 0o777]).toEqual([true, 0o700]);
  await rm(base, { recursive: true });
  const deep = await makeRuntimeFolder("/a/data", `/tmp/${"deep".repeat(30)}`);
  const nowhere = await makeRuntimeFolder("/a/data", base);
  expect([deep.length < 40, nowhere.length < 40]).toEqual([true, true]);
  for (const folder of new Set([deep, nowhere])) await rm(folder, { recursive: true });
});
