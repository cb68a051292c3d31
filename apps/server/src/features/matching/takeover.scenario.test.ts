import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { type CrowdMember, seedCrowd } from "../../testing/crowd.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../../testing/spawn-server.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";
import { MatchSocket } from "./fixtures/socket.fixture.ts";

setDefaultTimeout(60_000);

let database: TestDatabase;
let pairing: SpawnedServer;
let other: SpawnedServer;
const sockets: MatchSocket[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  // The first to start takes the lease. There is no bus: what one process does the other reads in the database.
  pairing = await spawnServer({ databaseUrl: database.url });
  await eventually("it to take the lease", async () => (await findHolder()) !== null);
  other = await spawnServer({ databaseUrl: database.url });
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await Promise.all([pairing?.stop(), other?.stop()]);
  await database?.close();
});

async function findHolder(): Promise<string | null> {
  const [row] = await database.db.sql`
    select holder from platform_leases where name = 'matching.pairing' and expires_at > clock_timestamp()`;
  return row?.holder ?? null;
}

/** People who are connected to one of the processes. */
async function connectPeople(server: SpawnedServer, count: number): Promise<MatchSocket[]> {
  const crowd = await seedCrowd(database, count);
  const connect = (member: CrowdMember, i: number) =>
    MatchSocket.connect(server.port, `10.3.${sockets.length}.${i}`, member);
  const come = await Promise.all(crowd.map(connect));
  sockets.push(...come);
  return come;
}

test("a process that freezes while it pairs is replaced, and harms nobody when it wakes", async () => {
  const before = await findHolder();
  const people = await connectPeople(other, 120);
  for (const person of people.slice(0, 60)) void person.ask("match.request");
  await Promise.any(people.map((person) => person.matched));
  await pairing.kill("SIGSTOP");
  for (const person of people.slice(60)) void person.ask("match.request");
  const matches = await Promise.all(people.map((person) => person.matched));
  expect(await findHolder()).not.toBe(before);
  expect(new Set(matches.map((match) => match.roomId)).size).toBe(60);

  await pairing.kill("SIGCONT");
  // It answers, so it runs again; what it had in hand is done with or refused by the time two more have met.
  expect((await fetch(`${pairing.url}/readyz`)).status).toBe(200);
  const more = await connectPeople(other, 2);
  for (const person of more) void person.ask("match.request");
  await Promise.all(more.map((person) => person.matched));
  expect(await findViolations(database.db.sql)).toEqual([]);
});

test("a process that is killed while it pairs is replaced, and nobody is lost or doubled", async () => {
  // The process of the first test has gone on without the lease; the other one holds it now.
  const holder = await findHolder();
  const come = await connectPeople(pairing, 120);
  for (const person of come.slice(0, 60)) void person.ask("match.request");
  await Promise.any(come.map((person) => person.matched));
  await other.kill("SIGKILL");
  for (const person of come.slice(60)) void person.ask("match.request");
  const matches = await Promise.all(come.map((person) => person.matched));
  expect(new Set(matches.map((match) => match.roomId)).size).toBe(60);
  expect(await findHolder()).not.toBe(holder);
  expect(await findViolations(database.db.sql)).toEqual([]);
});
