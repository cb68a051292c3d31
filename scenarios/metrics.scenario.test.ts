import { afterAll, beforeAll, expect, test } from "bun:test";
import { commands } from "@maru/protocol";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { RawSocket } from "./raw-person.ts";

let database: TestDatabase;
let server: SpawnedServer;
let metricsUrl: string;
beforeAll(async () => {
  database = await openTestDatabase();
  server = await spawnServer({ databaseUrl: database.url, env: { MARU_METRICS: "0" } });
  const port = /"Metrics can be read\.".*"port":(\d+)/.exec(server.output())?.[1];
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
});
afterAll(async () => {
  await server?.stop();
  await database?.close();
});

/** The samples as Prometheus reads them, by name and labels. */
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(metricsUrl);
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(" ");
      return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }),
  );
}

test("a node tells its sockets, its commands by what came of them, the database and the process", async () => {
  const { token, nickname } = await mintAccount(database.db, "셈하는이");
  const before = await scrape();
  expect(before.get("maru_connections")).toBe(0);
  const socket = await RawSocket.open(server.url, token);
  for (let i = 0; i < 3; i++) await socket.expectOk("room.list", {});
  await socket.ask("direct.open", { nickname });
  await socket.ask("no.such.command" as "room.list", {});
  await socket.ask(`${"x".repeat(40)}.word` as "room.list", {});
  const after = await scrape();
  expect(after.get("maru_connections")).toBe(1);
  expect(after.get("maru_accounts_connected")).toBe(1);
  expect(after.get('maru_commands_total{command="room.list",outcome="ok"}')).toBe(3);
  expect(after.get('maru_commands_total{command="unknown",outcome="command.unknown"}')).toBe(2);
  expect(after.get("maru_command_seconds_count")).toBeGreaterThanOrEqual(4);
  expect(after.get("maru_database_writable")).toBe(1);
  for (const kind of ["identity.departures", "identity.erasures", "identity.housekeeping", "limits.counts"]) {
    expect([kind, after.get(`maru_jobs_total{kind="${kind}",ending="retried"}`)]).toEqual([kind, 0]);
    expect([kind, after.get(`maru_jobs_late_seconds{kind="${kind}"}`)]).toEqual([kind, 0]);
  }
  expect(after.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  // A fixed set of names, whatever clients say: nobody makes the answer grow.
  const named = [...after.keys()].flatMap((key) => /command="([^"]+)"/.exec(key)?.[1] ?? []);
  expect(named.filter((name) => name !== "unknown" && !(name in commands))).toEqual([]);
  socket.close();
});

test("nothing personal stands in them, and where people come in they are not", async () => {
  const text = await (await fetch(metricsUrl)).text();
  expect(text).not.toContain("셈하는이");
  expect(text).not.toMatch(/(acc|room|mem)_[0-9a-f]{16}|@/);
  const outside = await fetch(`${server.url}/metrics`);
  expect(await outside.text()).not.toContain("maru_connections");
});

test("what is no question for metrics is refused", async () => {
  expect((await fetch(metricsUrl.replace("/metrics", "/"))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: "POST" })).status).toBe(405);
});

test("an address that is taken is said in words", async () => {
  const taken = new URL(metricsUrl).port;
  await expect(spawnServer({ databaseUrl: database.url, env: { MARU_METRICS: taken } })).rejects.toThrow(
    `MARU_METRICS: 127.0.0.1:${taken} cannot be opened`,
  );
});
