import { afterAll, beforeAll, expect } from "bun:test";
import { requires } from "@maru/testkit";
import { type CrowdMember, seedCrowd } from "../../testing/crowd.ts";
import { type HelperProcess, startNats } from "../../testing/helper-process.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../../testing/spawn-server.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";
import { MatchSocket } from "./fixtures/socket.fixture.ts";

const people = 1_000;
/** A burst may take so long on a busy machine with two cores, in seconds. */
const patienceSeconds = 20;

const nats = requires("nats-server");
nats.describe("two server processes on one database", () => {
  let database: TestDatabase;
  let bus: HelperProcess;
  let servers: SpawnedServer[] = [];
  let crowd: CrowdMember[] = [];
  let sockets: MatchSocket[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
    bus = await startNats();
    const options = { databaseUrl: database.url, busUrl: `nats://127.0.0.1:${bus.port}` };
    [crowd, ...servers] = await Promise.all([seedCrowd(database, people), spawnServer(options), spawnServer(options)]);
    sockets = await Promise.all(crowd.map((member, i) => MatchSocket.connect(portOf(i), addressOf(i), member)));
  }, 60_000);
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await Promise.all(servers.map((server) => server.stop()));
    await bus?.stop();
    await database?.close();
  }, 60_000);

  const portOf = (i: number) => servers[i % 2]?.port ?? 0;
  const addressOf = (i: number) => `10.1.${i >> 8}.${i & 255}`;

  nats.test(
    "1,000 simultaneous requests over real sockets, from two server processes on one database, end in 500 disjoint pairs",
    async () => {
      const began = performance.now();
      // Every tenth asks twice, as an impatient finger does.
      const answers = sockets.flatMap((socket, i) =>
        Array.from({ length: i % 10 === 0 ? 2 : 1 }, () => socket.codeOf("match.request")),
      );
      const matches = await Promise.all(sockets.map((socket) => socket.matched));
      const seconds = (performance.now() - began) / 1_000;
      process.stdout.write(`${people} requests: ${seconds.toFixed(2)} s\n`);
      expect(new Set(await Promise.all(answers))).toEqual(new Set(["ok"]));
      expect(seconds).toBeLessThan(patienceSeconds);

      // Two and two were told the same room.
      const rooms = Map.groupBy(matches.keys(), (i) => matches[i]?.roomId ?? "");
      expect(rooms.size).toBe(people / 2);
      for (const pair of rooms.values()) expect(pair.length).toBe(2);
      // Nodes are no borders.
      expect([...rooms.values()].some(([a = 0, b = 0]) => a % 2 !== b % 2)).toBe(true);

      // And so it stands in the database: those two, nobody twice, no room besides, nobody left in the line.
      expect(await findViolations(database.db.sql)).toEqual([]);
      const members = await database.db.sql<{ room: string; account: string }[]>`
        select 'room_' || replace(r.id::text, '-', '') as room, replace(m.account_id::text, '-', '') as account
        from rooms_rooms r join rooms_members m on m.room_id = r.id where r.kind = 'match' and m.state = 'active'`;
      const stored = Map.groupBy(members, ({ room }) => room);
      expect(stored.size).toBe(people / 2);
      const accountsIn = (room: string) => (stored.get(room) ?? []).map(({ account }) => account).sort();
      for (const [room, pair] of rooms)
        expect(accountsIn(room)).toEqual(pair.map((i) => crowd[i]?.accountId ?? "").sort());
      expect(new Set(members.map(({ account }) => account)).size).toBe(people);
      const [line] = await database.db.sql`select count(*)::int as count from matching_requests`;
      expect(line.count).toBe(0);

      // Nobody was told of a second match, or to wait after the match.
      for (const socket of sockets)
        expect(socket.told.map(({ state }) => state).join()).toMatch(/^(waiting,)?matched$/);
    },
    60_000,
  );
});
