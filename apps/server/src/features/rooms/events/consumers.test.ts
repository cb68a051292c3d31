import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import { newKey, type WorldConnection } from "../fixtures/rooms.fixture.ts";
import { lockRooms } from "../store-rooms.ts";
import {
  type ConsumersWorld,
  type EventsNode,
  findGaps,
  newGate,
  openConsumersWorld,
} from "./fixtures/consumers.fixture.ts";

let world: ConsumersWorld;
beforeAll(async () => {
  world = await openConsumersWorld();
});
afterAll(() => world.close());

const say = (device: WorldConnection, roomId: RoomId, text = "말") =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text });

async function newRooms(count: number): Promise<{ roomIds: RoomId[]; accountIds: string[] }> {
  const accountIds = await world.newAccounts(2);
  const groups = await Promise.all(Array.from({ length: count }, () => world.newGroup(accountIds)));
  return { roomIds: groups.map(({ roomId }) => roomId), accountIds };
}

test("a consumer takes every change of its rooms, in order and without a gap, over two nodes and a bus that doubles", async () => {
  const hub = new FaultyHub({ lossRate: 0.2, doubleRate: 1, maxDelayMs: 5 });
  const open = (name: string, isWorker = true) => {
    const consumers = [world.recorder("order", name), world.recorder("also", name)];
    return world.openNode({ bus: hub.connect(), consumers, isWorker });
  };
  // The third one does no jobs: what it writes is told to the others by the bus alone.
  const nodes = [await open("one"), await open("two"), await open("three", false)];
  const { roomIds, accountIds } = await newRooms(5);
  const random = seededRandom(11);
  const devices = nodes.map((each, i) => world.connect(each, accountIds[i % 2] as string));
  for (let round = 0; round < 12; round++) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const roomId = roomIds[Math.floor(random() * roomIds.length)] as RoomId;
        const device = devices[Math.floor(random() * devices.length)] as WorldConnection;
        const { message } = await say(device, roomId);
        if (random() < 0.3) await device.run("message.edit", { roomId, seq: message.seq, text: "고친 말" });
      }),
    );
    for (const { clock } of nodes) await clock.advance(60);
  }
  expect(hub.counts.doubled).toBeGreaterThan(0);
  for (const consumer of ["order", "also"]) {
    await world.untilTaken(consumer, roomIds);
    for (const roomId of roomIds) {
      const taken = await world.listTaken(consumer, roomId);
      expect(findGaps(taken)).toEqual([]);
      // What changed while it was under way was handed over once, not step by step.
      expect(taken.length).toBeLessThan(await world.revOf(roomId));
    }
  }
}, 30_000);

test("what happens while a consumer takes a room is handed over afterwards, as one", async () => {
  const gate = newGate();
  let calls = 0;
  const consumer = world.recorder("latest", "one", () => (calls++ === 0 ? gate.pass() : Promise.resolve()));
  const node = await world.openNode({ consumers: [consumer] });
  const { roomIds, accountIds } = await newRooms(1);
  const [roomId] = roomIds as [RoomId];
  const device = world.connect(node, accountIds[0] ?? "");
  await say(device, roomId);
  await node.clock.advance(60);
  await gate.reached;
  for (let i = 0; i < 5; i++) await say(device, roomId);
  gate.open();
  await world.untilTaken("latest", roomIds);
  const taken = await world.listTaken("latest", roomId);
  expect(findGaps(taken)).toEqual([]);
  expect(taken).toHaveLength(2);
});

test("a slow consumer keeps neither senders nor another consumer waiting", async () => {
  const gate = newGate();
  const consumers = [world.recorder("slow", "one", () => gate.pass()), world.recorder("fast", "one")];
  const node = await world.openNode({ consumers });
  const { roomIds, accountIds } = await newRooms(3);
  const device = world.connect(node, accountIds[0] ?? "");
  for (const roomId of roomIds) await say(device, roomId);
  await node.clock.advance(60);
  await gate.reached;
  for (let i = 0; i < 5; i++) for (const roomId of roomIds) await say(device, roomId);
  await world.untilTaken("fast", roomIds);
  expect(await world.listTaken("slow", roomIds[0] as RoomId)).toEqual([]);
  gate.open();
  await world.untilTaken("slow", roomIds);
  for (const roomId of roomIds) expect(findGaps(await world.listTaken("slow", roomId))).toEqual([]);
}, 15_000);

test("a room at which a consumer throws is handed over again later, and stops no other room and no other consumer", async () => {
  const { roomIds, accountIds } = await newRooms(4);
  const [bad] = roomIds as [RoomId];
  let failures = 0;
  const fails = world.recorder("fails", "one", async (advances) => {
    if (failures < 3 && advances.some(({ roomId }) => roomId === fromWireId(bad))) {
      failures++;
      throw new Error("a consumer that fails");
    }
  });
  const node = await world.openNode({ consumers: [fails, world.recorder("calm", "one")] });
  const device = world.connect(node, accountIds[0] ?? "");
  for (const roomId of roomIds) await say(device, roomId);
  await world.untilTaken("calm", roomIds);
  await world.untilTaken("fails", roomIds.slice(1));
  expect(await world.listTaken("fails", bad)).toEqual([]);
  expect(failures).toBeGreaterThan(0);
  await world.untilTrue("the room was tried again until it went well", async () => {
    await world.passLeases();
    return (await world.listTaken("fails", bad)).length > 0;
  });
  expect(findGaps(await world.listTaken("fails", bad))).toEqual([]);
  expect(node.rooms.consumerStats().find(({ consumer }) => consumer === "fails")?.failedCount).toBeGreaterThan(0);
}, 15_000);

test("a consumer that locks rooms and writers of the same rooms do not wait for each other in a ring", async () => {
  const locks: ReturnType<typeof world.recorder> = {
    ...world.recorder("locks", "one"),
    async take(tx, advances) {
      await lockRooms(
        tx,
        advances.map(({ roomId }) => roomId),
      );
      await world.recorder("locks", "one").take(tx, advances);
    },
  };
  const open = () => world.openNode({ consumers: [locks] });
  const nodes = [await open(), await open()];
  const { roomIds, accountIds } = await newRooms(4);
  const devices = accountIds.map((accountId, i) => world.connect(nodes[i] as EventsNode, accountId));
  for (let round = 0; round < 15; round++) {
    await Promise.all([
      ...devices.flatMap((device) => roomIds.map((roomId) => say(device, roomId))),
      ...nodes.map(({ clock }) => clock.advance(60)),
    ]);
  }
  await world.untilTaken("locks", roomIds);
  for (const roomId of roomIds) expect(findGaps(await world.listTaken("locks", roomId))).toEqual([]);
  expect(nodes.flatMap(({ rooms }) => rooms.consumerStats()).every(({ failedCount }) => failedCount === 0)).toBe(true);
}, 30_000);
