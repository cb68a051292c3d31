import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config/index.ts";
import { newId } from "../platform/ids.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { spawnServer } from "../testing/spawn-server.ts";
import { doctor } from "./doctor.ts";
import { migrateOnly } from "./migrate-only.ts";

let database: TestDatabase;
let data: string;
beforeAll(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "maru-doctor-"));
});
afterAll(async () => {
  await database.close();
  await rm(data, { recursive: true });
});

/** What `maru doctor` prints about something. */
async function look(what = "nicknames"): Promise<string> {
  const print = spyOn(console, "log").mockImplementation(() => {});
  try {
    await doctor(readConfig({ DATABASE_URL: database.url }, ["--data", data]));
    const lines = print.mock.calls.map(([line]) => String(line));
    return lines.find((line) => line.includes(what)) ?? "";
  } finally {
    print.mockRestore();
  }
}

test("nicknames from before that could be mistaken are named, and a migration leaves them as they are", async () => {
  expect(await look()).toBe("✓ nicknames");
  const ids = [newId(), newId(), newId()];
  const names = ["구름이", "구름이\uFE0F", "аdmin"];
  for (const [at, nickname] of names.entries()) {
    await database.db.sql`
      insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
      values (${ids[at]}, ${nickname}, ${nickname}, 'seed', ${new Date(1_700_000_000_000 + at)})`;
  }
  const finding = [
    "✗ nicknames: 2 from before the rules may stay, but could be mistaken:",
    `    "구름이\\u{fe0f}" (${ids[1]}) looks like "구름이" (${ids[0]})`,
    `    "\\u{430}dmin" (${ids[2]}) is reserved`,
  ].join("\n");
  expect(await look()).toBe(finding);
  const print = spyOn(console, "log").mockImplementation(() => {});
  expect(await migrateOnly(readConfig({ DATABASE_URL: database.url }, ["--data", data]))).toBe(0);
  print.mockRestore();
  expect(await look()).toBe(finding);
  const rows = await database.db.sql<
    { nickname: string }[]
  >`select nickname from identity_accounts order by created_at`;
  expect(rows.map(({ nickname }) => nickname)).toEqual(names);
});

test("a data folder that others may enter is told and left as it is", async () => {
  expect(await look("data folder")).toBe("✓ data folder");
  for (const mode of [0o755, 0o701, 0o750]) {
    await chmod(data, mode);
    expect(await look("data folder")).toStartWith(
      `✗ data folder: ${data} is open to other accounts (mode ${mode.toString(8)}).`,
    );
    expect((await stat(data)).mode & 0o777).toBe(mode);
  }
  const server = await spawnServer({ data, databaseUrl: database.url });
  await server.stop();
  expect(server.output()).toContain(`chmod 700 ${data}`);
  expect((await stat(data)).mode & 0o777).toBe(0o750);
  await chmod(data, 0o700);
});

test("a data folder that is made lets nobody else in, nor does what is kept in it", async () => {
  const made = join(data, "made", "by us");
  const server = await spawnServer({ data: made });
  await server.stop();
  expect(server.output()).not.toContain("chmod");
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect([await modeOf(join(data, "made")), await modeOf(made)]).toEqual(["700", "700"]);
  const kept = (await readdir(made)).filter((name) => !name.endsWith("-libraries"));
  for (const name of kept)
    expect([name, await modeOf(join(made, name))]).toEqual([name, name === "postgres" ? "700" : "600"]);
}, 30_000);
