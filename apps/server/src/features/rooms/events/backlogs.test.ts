import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { listConsumers } from "../index.ts";
import type { RoomConsumer } from "./consumer.ts";
import { type ConsumersWorld, type EventsNode, findGaps, openConsumersWorld } from "./fixtures/consumers.fixture.ts";
import { routePending } from "./store-backlogs.ts";

let world: ConsumersWorld;
beforeAll(async () => {
  world = await openConsumersWorld();
});
afterAll(() => world.close());

async function newGroups(count: number): Promise<RoomId[]> {
  const accountIds = await world.newAccounts(2);
  const groups = await Promise.all(Array.from({ length: count }, () => world.newGroup(accountIds)));
  return groups.map(({ roomId }) => roomId);
}

/** Moves rooms on, as a writer does that says nothing of it. */
async function move(roomIds: readonly RoomId[]): Promise<void> {
  const { sql } = world.database.db;
  await sql`
    update rooms_rooms set rev = rev + 1
    where id = any(${sql.array(roomIds.map(fromWireId), "UUID")}::uuid[])`;
}

test("more rooms than are taken at once, all of them always busy, keep no quiet room from its turn", async () => {
  const [quiet, ...busy] = (await newGroups(101)) as [RoomId, ...RoomId[]];
  let rounds = 0;
  let quietAt: number | null = null;
  const consumer = world.recorder("fair", "one", async (advances) => {
    rounds++;
    if (advances.some(({ roomId }) => roomId === fromWireId(quiet))) quietAt ??= rounds;
    if (rounds > 8) return;
    // While a round is taken, all that it holds change again, and so does the quiet one, once.
    await move(rounds === 1 ? [...busy, quiet] : busy);
    await routePending(world.database.db.sql);
  });
  const node = await world.openNode({ consumers: [consumer] });
  await move(busy);
  await node.clock.advance(1_000);
  await world.untilTaken("fair", [quiet, ...busy]);
  expect(quietAt as number | null).toBeLessThan(4);
  for (const roomId of [quiet, ...busy.slice(0, 3)]) {
    const taken = await world.listTaken("fair", roomId);
    expect(findGaps(taken, taken[0]?.fromRev)).toEqual([]);
  }
}, 20_000);

test("a busy room is behind for as long as its last change waits, and has failed no more once it was taken", async () => {
  const [roomId] = (await newGroups(1)) as [RoomId];
  const { sql } = world.database.db;
  let rounds = 0;
  const consumer = world.recorder("behind", "one", async () => {
    if (++rounds > 1) throw new Error("the first round was enough");
    await move([roomId]);
    await routePending(sql);
    await sql`update rooms_backlogs set noted_at = now() - interval '1 hour', attempts = 7 where consumer = 'behind'`;
  });
  const node = await world.openNode({ consumers: [consumer] });
  await move([roomId]);
  await node.clock.advance(1_000);
  await world.untilTrue("the second round failed", () => rounds > 1);
  await world.untilTrue("what failed was put back", async () => {
    const [row] = await sql`select attempts from rooms_backlogs where consumer = 'behind' and due_at > now()`;
    return row !== undefined;
  });
  const state = (await listConsumers(world.database.db)).find(({ name }) => name === "behind");
  expect(state).toMatchObject({ waitingCount: 1, failingCount: 0 });
  expect(state?.lagMs).toBeLessThan(600_000);
}, 15_000);

test("a room that is gone leaves the backlog, and holds nobody up", async () => {
  const [there] = (await newGroups(1)) as [RoomId];
  const { sql } = world.database.db;
  await sql`
    insert into rooms_backlogs (consumer, room_id, from_rev, rev, noted_at)
    values ('widow', ${"f".repeat(32)}, 1, 2, now())`;
  const node = await world.openNode({ consumers: [world.recorder("widow", "one")] });
  await move([there]);
  await node.clock.advance(1_000);
  await world.untilTaken("widow", [there]);
  await world.untilTrue("nothing waits", async () => {
    const [row] = await sql`select count(*)::int as count from rooms_backlogs where consumer = 'widow'`;
    return row?.count === 0;
  });
}, 15_000);

test("a consumer is not handed kinds of room that only the program of before wanted", async () => {
  const kinds: string[] = [];
  const open = (wanted: RoomConsumer["kinds"], isWorker: boolean): Promise<EventsNode> =>
    world.openNode({
      isWorker,
      consumers: [
        world.recorder("fewer", "one", async (advances) => void kinds.push(...advances.map(({ kind }) => kind)), {
          kinds: wanted,
        }),
      ],
    });
  const before = await open(["group", "match"], false);
  const [one = "", two = ""] = await world.newAccounts(2);
  const match = await world.newMatch(before, one, two);
  const [group] = (await newGroups(1)) as [RoomId];
  await open(["group"], true);
  await move([match, group]);
  await world.untilTaken("fewer", [group]);
  await world.untilTrue("nothing waits", async () => {
    const states = await listConsumers(world.database.db);
    return states.find(({ name }) => name === "fewer")?.waitingCount === 0;
  });
  expect(new Set(kinds)).toEqual(new Set(["group"]));
}, 15_000);

test("a connection that breaks is no fault of the rooms that were in hand", async () => {
  const { db } = world.database;
  let breaks = 0;
  const transaction: typeof db.transaction = (run) => {
    if (breaks === 0) return db.transaction(run);
    breaks--;
    return Promise.reject(Object.assign(new Error("Connection closed"), { code: "ERR_POSTGRES_CONNECTION_CLOSED" }));
  };
  const node = await world.openNode({
    consumers: [world.recorder("cut", "one")],
    deps: { db: { ...db, transaction } },
  });
  const roomIds = await newGroups(3);
  breaks = 3;
  await node.clock.advance(1_000);
  await world.untilTrue("all three broke", async () => {
    await world.passLeases();
    return breaks === 0;
  });
  await world.untilTaken("cut", roomIds);
  expect(node.rooms.consumerStats().find(({ consumer }) => consumer === "cut")?.failedCount).toBe(0);
}, 15_000);
