import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "../../platform/ids.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { deleteEnded, deleteRequest, insertEnding, insertRequest, restoreRequest } from "./store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const wait = (accountId: string) => ({ id: newId(), accountId, aliveMs: 0, waitMs: 0 });

/** Every statement that writes a row about an account, each as late as can be. */
const writes: Record<string, (accountId: string) => Promise<unknown>> = {
  "a wait that begins": (accountId) => insertRequest(database.db.sql, wait(accountId)),
  "a wait that is put back": (accountId) => restoreRequest(database.db.sql, { ...wait(accountId), requestedAt: 0 }),
  "how a wait ended": (accountId) => insertEnding(database.db.sql, accountId, "disconnected"),
  "a wait that is cancelled": async (accountId) => {
    await plantWait(accountId);
    await deleteRequest(database.db.sql, accountId, "cancelled");
  },
  "a wait whose time is over": async (accountId) => {
    await plantWait(accountId);
    await deleteEnded(database.db.sql);
  },
};

const plantWait = (accountId: string) =>
  database.db
    .sql`insert into matching_requests (account_id, id, alive_until, ends_at) values (${accountId}, ${newId()}, now(), now())`;

async function countRows(accountId: string): Promise<number> {
  const [row] = await database.db.sql`
    select (select count(*) from matching_requests where account_id = ${accountId})::int
      + (select count(*) from matching_endings where account_id = ${accountId})::int as rows`;
  return row?.rows ?? 0;
}

for (const [name, write] of Object.entries(writes)) {
  test(`${name} leaves nothing of who was erased`, async () => {
    const accountId = newId();
    await write(accountId);
    expect(await countRows(accountId)).toBe(0);
  });
}

test("each would leave something without the look for living accounts", async () => {
  await database.db.sql.unsafe(
    "create or replace function living_accounts(p_ids uuid[]) returns setof uuid language sql as 'select unnest(p_ids)'",
  );
  for (const [name, write] of Object.entries(writes)) {
    const accountId = newId();
    await write(accountId);
    expect([name, await countRows(accountId)]).toEqual([name, 1]);
  }
});
