import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config/index.ts";
import { newId } from "../platform/ids.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
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

/** What `maru doctor` prints about nicknames. */
async function look(): Promise<string> {
  const print = spyOn(console, "log").mockImplementation(() => {});
  try {
    await doctor(readConfig({ DATABASE_URL: database.url }, ["--data", data]));
    const lines = print.mock.calls.map(([line]) => String(line));
    return lines.find((line) => line.includes("nicknames")) ?? "";
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
