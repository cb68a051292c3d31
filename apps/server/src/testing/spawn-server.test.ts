import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { openTestDatabase } from "./open-test-database.ts";
import { spawnServer } from "./spawn-server.ts";

test("a server of its own is ready, killed, started again on its data and stopped without a trace", async () => {
  const server = await spawnServer();
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const pid = server.pid;
  await server.kill("SIGKILL");
  await server.restart();
  expect(server.pid).not.toBe(pid);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.stop();
  expect(existsSync(server.data)).toBe(false);
}, 60_000);

test("a server takes the url of a test database", async () => {
  const database = await openTestDatabase();
  const server = await spawnServer({ databaseUrl: database.url });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(existsSync(`${server.data}/postgres`)).toBe(false);
  await server.stop();
  await database.close();
}, 60_000);

test("a server that cannot start is told with its own words", async () => {
  const failed = await spawnServer({ env: { MARU_ORIGN: "x" } }).catch((error: Error) => error.message);
  expect(failed).toContain("did you mean MARU_ORIGIN?");
});
