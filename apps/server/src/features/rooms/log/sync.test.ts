import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MembershipId, RoomId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import * as fc from "fast-check";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import { freshList, ModelList } from "../fixtures/sync.fixture.ts";

let world: RoomsWorld;
let nodes: WorldNode[];
beforeAll(async () => {
  world = await openRoomsWorld();
  const hub = new FaultyHub();
  hub.lossRate = 0;
  nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
});
afterAll(() => world.close());

const acts = [
  "send",
  "send",
  "send",
  "read",
  "leave",
  "direct",
  "match",
  "update",
  "edit",
  "delete",
  "block",
  "hold",
] as const;
const anyStory = fc.array(
  fc.record({ act: fc.constantFrom(...acts), who: fc.nat(2), which: fc.nat(1_000), node: fc.nat(1) }),
  { minLength: 10, maxLength: 50 },
);

test("from any earlier position, one sync is the fresh list; so are the pushes of a device that stayed", async () => {
  let holds = 0;
  let resets = 0;
  await fc.assert(
    fc.asyncProperty(anyStory, async (story) => {
      const people = await Promise.all([0, 1, 2].map(() => world.newAccount()));
      const devices = people.map(({ accountId }) => nodes.map((node) => world.connect(node, accountId)));
      const lists = devices.map(([device]) => new ModelList(device as WorldConnection));
      const stayers = people.map(({ accountId }) => new ModelList(world.connect(nodes[1] as WorldNode, accountId)));
      for (const list of [...lists, ...stayers]) await list.sync();
      for (const stayer of stayers) await stayer.follow();
      const held: ModelList[] = [];
      const rooms: RoomId[] = [];
      for (const { act, who, which, node } of story) {
        const device = devices[who]?.[node] as WorldConnection;
        const other = people[(who + 1 + (which % 2)) % 3] as (typeof people)[number];
        const roomId = rooms[which % Math.max(1, rooms.length)];
        if (act === "direct") {
          const { room } = await device.run("direct.open", { nickname: other.nickname });
          if (!rooms.includes(room.id)) rooms.push(room.id);
        } else if (act === "match") {
          rooms.push(await world.newMatch(nodes[node] as WorldNode, device.accountId, other.accountId));
        } else if (act === "hold") {
          const list = lists[who] as ModelList;
          await list.sync();
          held.push(list.fork());
          if (list.position) held.push(list.fork({ epoch: list.position.epoch, rev: list.position.rev }));
        } else if (roomId !== undefined) {
          // Whoever is not there is refused, which changes nothing.
          await run(device, act, roomId, which).catch(() => null);
        }
      }
      for (const [i, [device]] of devices.entries()) {
        const fresh = await freshList(device as WorldConnection);
        for (const list of [...held, lists[i] as ModelList]) {
          if (list.connection.accountId !== device?.accountId) continue;
          await list.sync();
          expect(list.picture).toEqual(fresh);
          holds++;
          resets += list.resets;
        }
        const stayer = stayers[i] as ModelList;
        await untilEqual(stayer, fresh);
      }
      for (const connection of [...devices.flat(), ...stayers.map((list) => list.connection)]) connection.close();
    }),
    { seed: 42, numRuns: 15, endOnFailure: true, timeout: 20_000 },
  );
  expect(holds).toBeGreaterThan(40);
  expect(resets).toBeLessThan(holds);
}, 120_000);

async function run(device: WorldConnection, act: string, roomId: RoomId, which: number): Promise<unknown> {
  switch (act) {
    case "send":
      return device.run("message.send", { roomId, clientMessageId: newKey(), text: `말 ${which}` });
    case "read":
      return device.run("room.read", { roomId, seq: which % 12 });
    case "leave":
      return device.run("room.leave", { roomId });
    case "edit":
      return device.run("message.edit", { roomId, seq: 1 + (which % 6), text: `고침 ${which}` });
    case "delete":
      return device.run("message.delete", { roomId, seq: 1 + (which % 6) });
    case "update": {
      const setting = { pinned: which % 2 === 0, archived: which % 5 === 0, markedUnread: which % 3 === 0 };
      return device.run("membership.update", { roomId, ...setting });
    }
    default: {
      const { room } = await device.run("room.get", { roomId });
      const memberId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
      return device.run("member.block", { roomId, memberId });
    }
  }
}

/** Waits for the pushes that are still on their way. */
async function untilEqual(list: ModelList, fresh: Awaited<ReturnType<typeof freshList>>): Promise<void> {
  for (let i = 0; i < 300 && !Bun.deepEquals(list.picture, fresh); i++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await list.connection.run("block.list", {});
  }
  expect(list.picture).toEqual(fresh);
}

/**
 * A position after which nothing is told any more. A transaction that runs anywhere in the cluster, also in another
 * test's database, holds the position of the heads back for as long as it runs.
 */
const restingPosition = (device: WorldConnection) =>
  eventually("a sync tells nothing", async () => {
    const { epoch, toRev, heads } = await device.run("account.sync", {});
    const position = { epoch, rev: toRev, heads };
    const { reset, rooms } = await device.run("account.sync", { account: position });
    return !reset && rooms.length === 0 && position;
  });

test("a position of another numbering, or ahead of the server, gets a fresh list", async () => {
  const [self = "", other = ""] = await world.newAccounts(2);
  const device = world.connect(nodes[0] as WorldNode, self);
  const roomId = await world.newMatch(nodes[0] as WorldNode, self, other);
  const position = await restingPosition(device);
  expect(position.rev).toBe(1);
  const at = (account: object) => device.run("account.sync", { account: { ...position, ...account } });
  for (const strange of [{ epoch: "other" }, { rev: position.rev + 1 }]) {
    expect(await at(strange)).toMatchObject({ reset: true, rooms: [{ id: roomId }] });
  }
  expect(await at({ heads: "nonsense" })).toMatchObject({ reset: false, rooms: [{ id: roomId }] });
});

test("only what changed is told, and what is too much is told afresh", async () => {
  const [self = "", ...others] = await world.newAccounts(206);
  const device = world.connect(nodes[0] as WorldNode, self);
  const writer = world.connect(nodes[1] as WorldNode, self);
  const ids: RoomId[] = [];
  for (const other of others) ids.push(await world.newMatch(nodes[0] as WorldNode, self, other));
  const first = await device.run("account.sync", {});
  expect([first.rooms.length, first.nextCursor !== undefined]).toEqual([30, true]);
  const account = await restingPosition(device);
  const send = (roomId: RoomId) => writer.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  for (const roomId of ids.slice(0, 3)) await send(roomId);
  const few = await device.run("account.sync", { account });
  expect(new Set(few.rooms.map(({ id }) => id))).toEqual(new Set(ids.slice(0, 3)));
  expect(few.reset).toBe(false);
  await Promise.all(ids.map(send));
  expect(await device.run("account.sync", { account })).toMatchObject({ reset: true });
});

test("a sync brings the rooms that are open up to date and names those that are gone", async () => {
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
  const told = await one.run("account.sync", { rooms });
  expect(told.catchUps).toMatchObject([
    { roomId: kept, reset: false, toRev: 2, changes: [{ message: { text: "말" } }] },
  ]);
  expect(told.goneRoomIds).toEqual([left, foreign, missing]);
  expect(told.match).toEqual({ state: "idle", reason: "none" });
  expect(JSON.stringify(told)).not.toContain("비밀");
});
