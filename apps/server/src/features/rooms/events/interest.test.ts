import { afterEach, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { newKey, openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";
import type { RoomConsumer } from "./consumer.ts";

let world: RoomsWorld;
afterEach(() => world.close());

const consumer = (kinds: RoomConsumer["kinds"], aspect: RoomConsumer["aspect"]): RoomConsumer => ({
  name: "one",
  kinds,
  aspect,
  take: async () => {},
});

/** A node that dispatches nothing, so that what is noted stays to be seen. */
async function openNode(consumers: readonly RoomConsumer[]): Promise<WorldNode> {
  world = await openRoomsWorld();
  return world.openNode({ isWorker: false, consumers });
}

async function listTriggers(): Promise<string[]> {
  const rows = await world.adminSql<{ tgname: string }[]>`
    select tgname from pg_trigger where tgrelid = 'rooms_rooms'::regclass and not tgisinternal order by tgname`;
  return rows.map(({ tgname }) => tgname);
}
async function listNoted(): Promise<string[]> {
  const rows = await world.adminSql<{ kind: string }[]>`select kind from rooms_pending order by kind`;
  return rows.map(({ kind }) => kind);
}
async function talk(node: WorldNode): Promise<{ group: RoomId; match: RoomId }> {
  const [a = "", b = ""] = await world.newAccounts(2);
  const { roomId: group } = await world.newGroup([a, b]);
  const match = await world.newMatch(node, a, b);
  for (const roomId of [group, match]) {
    await world.connect(node, a).run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  }
  return { group, match };
}

test("where no consumer wants every change, sends fire no trigger and note nothing", async () => {
  const node = await openNode([consumer(["match"], "state")]);
  expect(await listTriggers()).toEqual(["rooms_note_state", "rooms_note_unhide"]);
  const { match, group } = await talk(node);
  expect(await listNoted()).toEqual([]);
  for (const roomId of [group, match]) await node.rooms.closeRoom(fromWireId(roomId));
  expect(await listNoted()).toEqual(["match"]);
});

test("a consumer of one kind costs the others nothing", async () => {
  const node = await openNode([consumer(["group"], "change")]);
  expect(await listTriggers()).toEqual([
    "rooms_note_changes",
    "rooms_note_made",
    "rooms_note_state",
    "rooms_note_unhide",
  ]);
  await talk(node);
  expect(await listNoted()).toEqual(["group"]);
});

test("a node that brings a consumer is started once every change that commits later is noted for it", async () => {
  const node = await openNode([]);
  const [a = "", b = ""] = await world.newAccounts(2);
  const [early, late] = [await world.newMatch(node, a, b), await world.newMatch(node, a, b)];
  const gate = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const closing = node.db.transaction(async (tx) => {
    await node.rooms.closeRoomIn(tx, fromWireId(early));
    closed.resolve();
    await gate.promise;
  });
  await closed.promise;
  let isStarted = false;
  const starting = world.openNode({ isWorker: false, consumers: [consumer(["match"], "state")] }).then(() => {
    isStarted = true;
  });
  const isWaiting = async () => {
    const [row] = await world.adminSql<{ count: number }[]>`
      select count(*)::int as count from pg_locks
      where relation = 'rooms_rooms'::regclass and not granted and mode = 'ShareRowExclusiveLock'`;
    return row?.count === 1;
  };
  await eventually("the start waits for the writer, or is over", async () => isStarted || (await isWaiting()));
  expect(isStarted).toBe(false);
  gate.resolve();
  await Promise.all([closing, starting]);
  await node.rooms.closeRoom(fromWireId(late));
  expect(await listNoted()).toEqual(["match"]);
}, 15_000);

test("a consumer that no program has had for a week is forgotten with what it had yet to take", async () => {
  const before = await openNode([consumer(["group", "match"], "change")]);
  await talk(before);
  await world.adminSql`update rooms_consumers set seen_at = now() - interval '8 days'`;
  await world.openNode({ isWorker: false });
  expect(await listTriggers()).toEqual(["rooms_note_state", "rooms_note_unhide"]);
  const names = await world.adminSql<{ name: string }[]>`select distinct name from rooms_consumers`;
  expect(names.map(({ name }) => name)).toEqual(["unhide"]);
});
