import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CommandArgument, type RoomId, type SyncPart, syncPartsOf } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let nodes: WorldNode[];
beforeAll(async () => {
  world = await openRoomsWorld();
  const hub = new FaultyHub();
  hub.lossRate = 0;
  nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
});
afterAll(() => world.close());

type Position = { readonly epoch: string; readonly rev: number; readonly since: string };

/** Asks for the room list since a position, or for all of it. */
async function ask(
  device: WorldConnection,
  position: Position | null,
): Promise<SyncPart<"rooms"> & { epoch: string; toRev: number }> {
  const answer = await device.run(
    "account.sync",
    position === null
      ? { parts: { rooms: null } }
      : {
          account: { epoch: position.epoch, rev: position.rev },
          parts: { rooms: [{ id: "list", since: position.since }] },
        },
  );
  const part = syncPartsOf(answer).rooms;
  if (part === undefined) throw new Error("rooms were asked for and left out of the answer");
  return { ...part, epoch: answer.epoch, toRev: answer.toRev };
}

/** Asks as clients do that know nothing of parts. */
async function askAsBefore(device: WorldConnection, input: CommandArgument<"account.sync">) {
  const answer = await device.run("account.sync", input);
  if ("parts" in answer) throw new Error("parts were answered that nobody had named");
  return answer;
}

/**
 * A position after which nothing is told any more. A transaction that runs anywhere in the cluster, also in another
 * test's database, holds the position of the heads back for as long as it runs.
 */
const restingPosition = (device: WorldConnection) =>
  eventually("a sync tells nothing", async () => {
    const first = await ask(device, null);
    const position = { epoch: first.epoch, rev: first.toRev, since: first.since };
    const { reset, rooms } = await ask(device, position);
    return !reset && rooms.length === 0 && position;
  });

test("a position of another numbering, or ahead of the server, gets a fresh list", async () => {
  const [self = "", other = ""] = await world.newAccounts(2);
  const device = world.connect(nodes[0] as WorldNode, self);
  const roomId = await world.newMatch(nodes[0] as WorldNode, self, other);
  const position = await restingPosition(device);
  expect(position.rev).toBe(1);
  const at = (account: Partial<Position>) => ask(device, { ...position, ...account });
  for (const strange of [{ epoch: "other" }, { rev: position.rev + 1 }]) {
    expect(await at(strange)).toMatchObject({ reset: true, rooms: [{ id: roomId }] });
  }
  expect(await at({ since: "nonsense" })).toMatchObject({ reset: false, rooms: [{ id: roomId }] });
});

test("only what changed is told, and what is too much is told afresh", async () => {
  const [self = "", ...others] = await world.newAccounts(206);
  const device = world.connect(nodes[0] as WorldNode, self);
  const writer = world.connect(nodes[1] as WorldNode, self);
  const ids: RoomId[] = [];
  for (const other of others) ids.push(await world.newMatch(nodes[0] as WorldNode, self, other));
  const first = await ask(device, null);
  expect([first.rooms.length, first.nextCursor !== undefined]).toEqual([30, true]);
  const position = await restingPosition(device);
  const send = (roomId: RoomId) => writer.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  for (const roomId of ids.slice(0, 3)) await send(roomId);
  const few = await ask(device, position);
  expect(new Set(few.rooms.map(({ id }) => id))).toEqual(new Set(ids.slice(0, 3)));
  expect(few.reset).toBe(false);
  await Promise.all(ids.map(send));
  expect(await ask(device, position)).toMatchObject({ reset: true });
});

test("a client that names no parts is answered as before, with what it missed in rooms that it holds", async () => {
  const [a = "", b = "", c = ""] = await world.newAccounts(3);
  const node = nodes[0] as WorldNode;
  const [one, two] = [world.connect(node, a), world.connect(node, b)];
  const [kept, left] = [await world.newMatch(node, a, b), await world.newMatch(node, a, b)];
  const foreign = await world.newMatch(node, b, c);
  const { epoch } = (await one.run("room.get", { roomId: kept })).room;
  await two.run("message.send", { roomId: kept, clientMessageId: newKey(), text: "말" });
  await one.run("room.leave", { roomId: left });
  await two.run("message.send", { roomId: foreign, clientMessageId: newKey(), text: "비밀" });
  const missing = `room_${"0".repeat(32)}` as RoomId;
  const rooms = [kept, left, foreign, missing, kept].map((roomId) => ({ roomId, epoch, rev: 1 }));
  const told = await askAsBefore(one, { rooms });
  expect(told.catchUps).toMatchObject([
    { roomId: kept, reset: false, toRev: 2, changes: [{ message: { text: "말" } }] },
  ]);
  expect(told.goneRoomIds).toEqual([left, foreign, missing]);
  expect(told.match).toEqual({ state: "idle", reason: "none" });
  expect(JSON.stringify(told)).not.toContain("비밀");
});

test("a client that names no parts is told what changed since its place, and afresh without one", async () => {
  const [a = "", b = ""] = await world.newAccounts(2);
  const node = nodes[0] as WorldNode;
  const device = world.connect(node, a);
  const [one, two] = [await world.newMatch(node, a, b), await world.newMatch(node, a, b)];
  const { epoch, since, rev } = await restingPosition(device);
  const account = { epoch, rev, heads: since };
  expect(await askAsBefore(device, {})).toMatchObject({ reset: true, epoch, toRev: rev });
  expect(await askAsBefore(device, { account })).toMatchObject({ reset: false, rooms: [], catchUps: [] });
  await device.run("message.send", { roomId: two, clientMessageId: newKey(), text: "말" });
  const told = await askAsBefore(device, { account });
  expect(told.rooms.map(({ id }) => id)).toEqual([two]);
  // Without a word for the heads all rooms are told, as ever.
  const all = await askAsBefore(device, { account: { epoch, rev } });
  expect(new Set(all.rooms.map(({ id }) => id))).toEqual(new Set([one, two]));
});

test("a sync asks the database no more than it has to, and many at once no more than one", async () => {
  let count = 0;
  const { db } = world.database;
  const sql = new Proxy(db.sql, {
    apply(target, self, args) {
      // A template is a statement; anything else only makes a part of one.
      if (Array.isArray(args[0]) && "raw" in args[0]) count++;
      return Reflect.apply(target as never, self, args);
    },
    get: (target, name) => Reflect.get(target, name, target),
  });
  const node = await world.openNode({
    deps: { db: { ...db, sql, isWritable: true } },
  });
  const [a = "", b = "", ...crowd] = await world.newAccounts(52);
  const device = world.connect(node, a);
  const roomId = await world.newMatch(nodes[0] as WorldNode, a, b);
  const position = await restingPosition(device);
  const countOf = async (run: () => Promise<unknown>) => {
    count = 0;
    await run();
    return count;
  };
  // Where the account stands, and what changed; afresh, the heads and then the list.
  expect(await countOf(() => ask(device, position))).toBe(2);
  expect(await countOf(() => ask(device, null))).toBe(3);
  const account = { epoch: position.epoch, rev: position.rev, heads: position.since };
  expect(await countOf(() => askAsBefore(device, { account }))).toBe(2);
  // Rights and changes for positions of rooms.
  const { epoch, rev } = (await device.run("room.get", { roomId })).room;
  expect(await countOf(() => askAsBefore(device, { account, rooms: [{ roomId, epoch, rev }] }))).toBe(4);
  const many = crowd.map((accountId) => world.connect(node, accountId));
  const all = () => Promise.all(many.map((each) => ask(each, { ...position, rev: 0 })));
  expect(await countOf(all)).toBeLessThan(10);
});
