import { expect, test } from "bun:test";
import { openTestDatabase } from "./open-test-database.ts";

test("each test database is fresh, migrated and gone afterwards", async () => {
  const [one, two] = await Promise.all([openTestDatabase(), openTestDatabase()]);
  await one.db.sql`insert into platform_leases (name, holder, expires_at) values ('a', 'b', now())`;
  expect(await two.db.sql`select * from platform_leases`).toHaveLength(0);
  expect(await one.connect().sql`select * from platform_leases`).toHaveLength(1);
  await one.close();
  const [row] = await two.db.sql`select count(*)::int as count from pg_database where datname = ${one.name}`;
  expect(row.count).toBe(0);
  await two.close();
});
