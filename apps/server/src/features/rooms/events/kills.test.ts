import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { fromWireId, type RoomId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { holdTransactions } from "../../../testing/hold-transactions.ts";
import { newKey } from "../fixtures/rooms.fixture.ts";
import { listConsumers } from "../index.ts";
import { type ConsumersWorld, findGaps, newGate, openConsumersWorld } from "./fixtures/consumers.fixture.ts";
import type { DispatchFaults } from "./room-consumers.ts";

let world: ConsumersWorld;
beforeAll(async () => {
  world = await openConsumersWorld();
});
afterAll(() => world.close());

async function newRoom(): Promise<{ roomId: RoomId; accountId: string }> {
  const accountIds = await world.newAccounts(2);
  return { roomId: (await world.newGroup(accountIds)).roomId, accountId: accountIds[0] ?? "" };
}

/** Runs a node in a process of its own up to the word that it says, and kills it there. */
async function killAt(word: string, part: "writes" | "takes", room: { roomId: RoomId; accountId: string }) {
  const { target, name } = world.database;
  if (!("socketPath" in target)) throw new Error("the tests' database is reached by a socket");
  const words = [target.socketPath, target.username, name, part, fromWireId(room.roomId), room.accountId];
  const program = join(import.meta.dir, "fixtures/killed-node.fixture.ts");
  const child = Bun.spawn([process.execPath, program, ...words], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  child.kill("SIGKILL");
  await child.exited;
  expect(new TextDecoder().decode(value)).toBe(`${word}\n`);
}

const sendHere = async (node: Awaited<ReturnType<ConsumersWorld["openNode"]>>, accountId: string, roomId: RoomId) => {
  await world.connect(node, accountId).run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  await node.clock.advance(60);
};

test("a node killed between commit and word loses nothing: another one hands it over", async () => {
  const consumer = world.recorder("heir", "other");
  await world.openNode({ consumers: [consumer] });
  const room = await newRoom();
  await killAt("new", "writes", room);
  await world.untilTaken("heir", [room.roomId]);
  expect(findGaps(await world.listTaken("heir", room.roomId))).toEqual([]);
}, 30_000);

test("a node killed with a room in a consumer's hands leaves no effect, and the room to the next", async () => {
  const room = await newRoom();
  const writer = await world.openNode({ consumers: [world.recorder("killed", "writer")], isWorker: false });
  await sendHere(writer, room.accountId, room.roomId);
  await killAt("taken", "takes", room);
  const next = await world.openNode({ consumers: [world.recorder("killed", "next")] });
  // The job's row is free once Postgres has seen the connection end; its lease runs on.
  await world.untilTrue("the next one took the room", async () => {
    await world.passLeases();
    return (await world.listTaken("killed", room.roomId)).length > 0;
  });
  const taken = await world.listTaken("killed", room.roomId);
  expect([taken.map(({ node }) => node), findGaps(taken)]).toEqual([["next"], []]);
  expect(next.rooms.consumerStats().find(({ consumer }) => consumer === "killed")?.takenCount).toBeGreaterThan(0);
}, 30_000);

test("a node that dies after the consumer's commit makes nothing happen twice", async () => {
  const never = Promise.withResolvers<never>();
  const reached = Promise.withResolvers<void>();
  const settleRooms: NonNullable<DispatchFaults["settleRooms"]> = () => {
    reached.resolve();
    return never.promise;
  };
  const dying = await world.openNode({
    consumers: [world.recorder("once", "dying")],
    faults: { dispatch: { settleRooms } },
  });
  const { roomId, accountId } = await newRoom();
  await sendHere(dying, accountId, roomId);
  await reached.promise;
  expect(await world.listTaken("once", roomId)).toHaveLength(1);
  await world.passLeases();
  const next = await world.openNode({ consumers: [world.recorder("once", "next")] });
  await sendHere(next, accountId, roomId);
  await world.untilTaken("once", [roomId]);
  const taken = await world.listTaken("once", roomId);
  expect([taken.map(({ node }) => node), findGaps(taken)]).toEqual([["dying", "next"], []]);
  never.reject(new Error("it is dead"));
}, 15_000);

test("a dispatcher that was frozen takes nothing when it wakes, also while the one that went on is at it", async () => {
  const { db, holdNext } = holdTransactions(world.database.db);
  const gate = newGate();
  let hasFrozenTaken = false;
  const note = async () => {
    hasFrozenTaken = true;
  };
  const frozen = await world.openNode({ consumers: [world.recorder("fenced", "frozen", note)], deps: { db } });
  const { roomId, accountId } = await newRoom();
  const held = holdNext();
  await sendHere(frozen, accountId, roomId);
  await held.reached;
  await world.passLeases();
  const next = await world.openNode({ consumers: [world.recorder("fenced", "next", () => gate.pass())] });
  await gate.reached;
  held.release();
  const isLost = () =>
    frozen.jobs
      .countEndings()
      .some(({ kind, ending, value }) => kind === "rooms.events.fenced" && ending === "lost" && value > 0);
  await eventually("the frozen one has found out, or has taken the room as well", () => isLost() || hasFrozenTaken);
  gate.open();
  expect(hasFrozenTaken).toBe(false);
  await sendHere(next, accountId, roomId);
  await world.untilTaken("fenced", [roomId]);
  const taken = await world.listTaken("fenced", roomId);
  expect([taken[0]?.node, findGaps(taken)]).toEqual(["next", []]);
}, 15_000);

test("a dispatcher that forgets is found: by what the consumer took, and by the recount", async () => {
  const alone = await openConsumersWorld();
  try {
    const routePending: NonNullable<DispatchFaults["routePending"]> = async (sql) => {
      const rows = await sql`delete from rooms_pending returning 1 as is_gone`;
      return rows.length;
    };
    const node = await alone.openNode({
      consumers: [alone.recorder("forgot", "one")],
      faults: { dispatch: { routePending } },
    });
    const accountIds = await alone.newAccounts(2);
    const { roomId } = await alone.newGroup(accountIds);
    const forgotten = async () => (await listConsumers(alone.database.db)).find(({ name }) => name === "forgot");
    await alone
      .connect(node, accountIds[0] ?? "")
      .run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
    expect(await forgotten()).toMatchObject({ waitingCount: 1, forgottenCount: 0 });
    await node.clock.advance(1_000);
    await alone.untilTrue("the recount finds it", async () => (await forgotten())?.forgottenCount === 1);
    expect(await alone.listTaken("forgot", roomId)).toEqual([]);
  } finally {
    await alone.close();
  }
}, 15_000);
