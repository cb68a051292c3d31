import { expect, test } from "bun:test";
import { startTestServer } from "./start-test-server.ts";

test("two nodes in one process share a database and are stopped each for itself", async () => {
  const one = await startTestServer();
  const two = await startTestServer({ database: one.database, hub: one.hub });
  expect(two.port).not.toBe(one.port);
  for (const { url } of [one, two]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await one.db.sql`insert into platform_leases (name, holder, expires_at) values ('a', 'b', now())`;
  expect(await two.db.sql`select * from platform_leases where name = 'a'`).toHaveLength(1);
  await two.stop();
  expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
  await one.stop();
  expect(await fetch(one.url).catch((error) => error.code)).toBe("ECONNREFUSED");
});
