import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@maru/testkit";
import { readConfig } from "../config/index.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { spawnServer } from "../testing/spawn-server.ts";
import { doctor } from "./doctor.ts";
import { migrateOnly } from "./migrate-only.ts";

let database: TestDatabase;
let data: string;
beforeAll(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "maru-indexes-"));
});
afterAll(async () => {
  await database.close();
  await rm(data, { recursive: true });
});

/** The database as the version before left it: its own unique key of sends, and no index that came later. */
async function becomeOlder(): Promise<void> {
  await database.db.sql`
    drop index identity_nickname_looks_by_end, rooms_members_by_id, rooms_messages_sends;
    drop table platform_indexes;
    alter table rooms_messages add unique (author_id, client_message_id);`.simple();
}

const indexNames = async () => {
  const rows = await database.db.sql<{ name: string }[]>`
    select indexrelid::regclass::text as name from pg_index
    where indrelid = 'rooms_messages'::regclass and indkey::text like '%7%' and indisvalid`;
  return rows.map(({ name }) => name);
};

/** What a command of the command line prints. */
async function printed(run: (config: ReturnType<typeof readConfig>) => Promise<number>): Promise<string> {
  const print = spyOn(console, "log").mockImplementation(() => {});
  try {
    await run(readConfig({ DATABASE_URL: database.url }, ["--data", data]));
    return print.mock.calls.map(([line]) => String(line)).join("\n");
  } finally {
    print.mockRestore();
  }
}

test("a server builds what an older database lacks while it serves, and doctor says what is missing until then", async () => {
  await becomeOlder();
  expect(await printed(doctor)).toContain(
    "✗ indexes: identity/001-nickname-looks-by-end, rooms/001-members-by-id, rooms/002-sends-by-room not built yet.",
  );
  const server = await spawnServer({ data, databaseUrl: database.url });
  await eventually("doctor is content", async () => (await printed(doctor)).includes("✓ indexes"));
  expect(await indexNames()).toEqual(["rooms_messages_sends"]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.stop();
}, 60_000);

test("`maru migrate` waits for them and names them", async () => {
  await becomeOlder();
  expect(await printed(migrateOnly)).toBe(
    "built identity/001-nickname-looks-by-end\nbuilt rooms/001-members-by-id\nbuilt rooms/002-sends-by-room",
  );
  expect(await printed(migrateOnly)).toBe("The database is up to date.");
}, 60_000);
