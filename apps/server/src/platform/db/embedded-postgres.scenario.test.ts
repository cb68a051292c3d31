import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "@maru/testkit";
import type { Subprocess } from "bun";
import { systemClock } from "../clock.ts";
import { createLog, silentLog } from "../log.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { listPostgresLaunchers } from "./postgres-launchers.ts";
import { isAlive } from "./process-signals.ts";
import { findRunningPostgres } from "./running-postgres.ts";

const holder = fileURLToPath(new URL("./postgres-holder.ts", import.meta.url));
setDefaultTimeout(60_000);
const children: Subprocess[] = [];
const quiet = { clock: systemClock, log: silentLog };
let home: string;
let data: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "maru-pg-"));
  data = join(home, "data");
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  await ask(postgres, "create table kept (word text primary key)");
  await postgres.stop();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(home, { recursive: true, force: true });
});

async function ask<T>(postgres: Pick<EmbeddedPostgres, "socketPath" | "username">, text: string): Promise<T[]> {
  const { socketPath, username } = postgres;
  const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.close({ timeout: 0 });
  }
}

/** Another process that holds the folder; what it said first. */
async function holdElsewhere(folder: string, statement = "", env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, "--no-env-file", holder, folder, statement], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdout: "pipe",
    stderr: "ignore",
  });
  children.push(child);
  const reader = child.stdout.getReader();
  const said = new TextDecoder().decode((await reader.read()).value).trim();
  return { child, said, pid: Number(/^holding (\d+)$/.exec(said)?.[1] ?? 0) };
}

test("what one way of running it wrote, every other way finds", async () => {
  const launchers = listPostgresLaunchers();
  for (const [round, launcher] of [...launchers, ...launchers].entries()) {
    const postgres = await startEmbeddedPostgres({ ...quiet, data, launchers: [launcher] });
    await ask(postgres, `insert into kept values ('round ${round}')`);
    expect(await ask(postgres, "select 1 from kept where word like 'round%'")).toHaveLength(round + 1);
    await postgres.stop();
  }
});

test("stopping leaves no process, no socket and no claim behind", async () => {
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  const { pid } = postgres;
  const backends = await ask<{ pid: number }>(postgres, "select pid from pg_stat_activity");
  expect(backends.length).toBeGreaterThan(3);
  await postgres.stop();
  for (const found of [{ pid }, ...backends]) expect(isAlive(found.pid)).toBe(false);
  expect(existsSync(dirname(postgres.socketPath))).toBe(false);
  await (await startEmbeddedPostgres({ ...quiet, data })).stop();
});

test("a killed process loses nothing committed; its Postgres is found wherever its socket is, ended and started anew", async () => {
  const elsewhere = await mkdtemp(join(home, "t"));
  const held = await holdElsewhere(data, "insert into kept values ('before the kill')", { TMPDIR: elsewhere });
  held.child.kill("SIGKILL");
  await held.child.exited;
  expect(isAlive(held.pid)).toBe(true);
  const found = await findRunningPostgres(data);
  if (!found || !("socketPath" in found)) throw new Error("it is not found");
  expect(found.socketPath).toStartWith(elsewhere);
  expect(await ask(found, "select 1")).toHaveLength(1);
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  expect(isAlive(held.pid)).toBe(false);
  expect(await ask(postgres, "select 1 from kept where word = 'before the kill'")).toHaveLength(1);
  await postgres.stop();
  expect(await findRunningPostgres(data)).toBeNull();
  expect(await findRunningPostgres(elsewhere)).toBeNull();
});

test("a killed Postgres comes back by itself on the same socket, with all that was committed", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), now: () => 0 });
  const postgres = await startEmbeddedPostgres({ data, clock: systemClock, log });
  const { pid } = postgres;
  await ask(postgres, "insert into kept values ('before the crash')");
  process.kill(pid, "SIGKILL");
  await eventually("another one runs", () => postgres.pid !== pid && lines.some((line) => line.includes("is back")));
  expect(await ask(postgres, "select 1 from kept where word = 'before the crash'")).toHaveLength(1);
  await postgres.stop();
  expect(isAlive(postgres.pid)).toBe(false);
});

test("a killed Postgres whose children still work is not run beside them, and comes back when they are gone", async () => {
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  const { pid } = postgres;
  const work = ask(postgres, "select count(*) from generate_series(1, 3000000)").catch(() => {});
  const isBusy = async () => {
    const found = await ask(
      postgres,
      "select pid from pg_stat_activity where query like '%3000000%' and state = 'active'",
    );
    return found.length > 1;
  };
  await eventually("one is at work", isBusy);
  process.kill(pid, "SIGKILL");
  await eventually("it is back", () =>
    ask(postgres, "select 1 from kept").then(
      ({ length }) => length > 0,
      () => false,
    ),
  );
  expect(await readFile(join(data, "postgres.log"), "utf8")).toContain("is still in use");
  await work;
  await postgres.stop();
});

test("a file of a dead Postgres whose number somebody else has now keeps nobody from starting", async () => {
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  const file = join(data, "postgres/postmaster.pid");
  const left = await readFile(file, "utf8");
  const { pid } = postgres;
  await postgres.stop();
  const [launcher] = listPostgresLaunchers();
  const stranger = Bun.spawn([...(launcher?.prefix ?? []), "/bin/sh", "-c", "echo up; exec sleep 60"], {
    stdout: "pipe",
  });
  children.push(stranger);
  await stranger.stdout.getReader().read();
  await writeFile(file, left.replace(String(pid), String(stranger.pid)));
  await (await startEmbeddedPostgres({ ...quiet, data })).stop();
  expect(isAlive(stranger.pid)).toBe(true);
});

test("one that ended and is stopped before it is back stays down", async () => {
  const postgres = await startEmbeddedPostgres({ ...quiet, data });
  const { pid } = postgres;
  process.kill(pid, "SIGKILL");
  await eventually("it has ended", () => !isAlive(pid));
  await postgres.stop();
  expect(postgres.pid).toBe(pid);
  const next = await startEmbeddedPostgres({ ...quiet, data });
  await next.stop();
});

test("of several that start at once on what a dead one left, one holds the folder and the others are told who does", async () => {
  const dead = await holdElsewhere(data);
  dead.child.kill("SIGKILL");
  await dead.child.exited;
  const starts = await Promise.all(Array.from({ length: 4 }, () => holdElsewhere(data)));
  const winner = starts.find(({ pid }) => pid > 0);
  for (const { said, child } of starts) {
    if (child === winner?.child) continue;
    expect(said).toContain(`is running on the data folder ${data}.`);
    expect(await child.exited).toBe(1);
  }
  const late = startEmbeddedPostgres({ ...quiet, data });
  await expect(late).rejects.toThrow(`Another Maru (process ${winner?.child.pid}) is running`);
  winner?.child.kill("SIGKILL");
  await winner?.child.exited;
  await (await startEmbeddedPostgres({ ...quiet, data })).stop();
});
