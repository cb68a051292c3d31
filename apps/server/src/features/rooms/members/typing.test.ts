import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Push, RoomId } from "@maru/protocol";
import { eventually, FakeClock } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  codeOf,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let nodes: [WorldNode, WorldNode];
let isBusy = false;
const clock = new FakeClock();
const hub = new FaultyHub();
beforeAll(async () => {
  hub.lossRate = hub.doubleRate = hub.maxDelayMs = 0;
  world = await openRoomsWorld();
  const options = () => ({ bus: hub.connect(), clock, deps: { isBusy: () => isBusy } });
  nodes = [await world.openNode(options()), await world.openNode(options())];
});
afterAll(() => world.close());

async function meet(): Promise<{ one: WorldConnection; two: WorldConnection; roomId: RoomId }> {
  const [a = "", b = ""] = await world.newAccounts(2);
  const roomId = await world.newMatch(nodes[0], a, b);
  const [one, two] = [world.connect(nodes[0], a), world.connect(nodes[1], b)];
  for (const device of [one, two]) await device.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  return { one, two, roomId };
}

const told = (device: WorldConnection) =>
  device.received.filter((push): push is Push<"typing.changed"> => push.push === "typing.changed");

test("others with the room open see it, on every node, under the member's id of that room", async () => {
  const { one, two, roomId } = await meet();
  const { room } = await one.run("room.get", { roomId });
  await one.run("typing.set", { roomId, typing: true });
  expect(await two.expectPush("typing.changed")).toEqual({
    push: "typing.changed",
    roomId,
    memberId: room.selfId,
    typing: true,
  });
  await one.run("typing.set", { roomId, typing: false });
  expect(await two.expectPush("typing.changed")).toMatchObject({ typing: false });
});

test("saying it again and again tells it once every two seconds", async () => {
  const { one, two, roomId } = await meet();
  for (let i = 0; i < 5; i++) await one.run("typing.set", { roomId, typing: true });
  await clock.advance(2_000);
  await one.run("typing.set", { roomId, typing: true });
  await eventually("both tellings are there", () => told(two).length === 2);
  await one.run("typing.set", { roomId, typing: false });
  await one.run("typing.set", { roomId, typing: false });
  await eventually("the end is there", () => told(two).length === 3);
});

test("a room that one has not open answers as one that does not exist", async () => {
  const { roomId } = await meet();
  const [stranger = "", member = ""] = await world.newAccounts(2);
  const outside = world.connect(nodes[0], stranger);
  expect(await codeOf(outside.run("typing.set", { roomId, typing: true }))).toBe("room.not_found");
  const closed = world.connect(nodes[0], member);
  const nowhere = `room_${"0".repeat(32)}` as RoomId;
  expect(await codeOf(closed.run("typing.set", { roomId: nowhere, typing: true }))).toBe("room.not_found");
});

test("whoever was blocked lets nobody wait", async () => {
  const { one, two, roomId } = await meet();
  const { room } = await one.run("room.get", { roomId });
  const other = room.members.find((member) => member.id !== room.selfId);
  await one.run("member.block", { roomId, memberId: other?.id ?? room.selfId });
  await two.run("typing.set", { roomId, typing: true });
  await one.run("typing.set", { roomId, typing: true });
  expect([told(one), told(two)]).toEqual([[], []]);
});

test("under load it is dropped, and messages are not", async () => {
  const { one, two, roomId } = await meet();
  isBusy = true;
  await one.run("typing.set", { roomId, typing: true });
  isBusy = false;
  await one.run("message.send", { roomId, clientMessageId: "typing-and-sent", text: "말" });
  await two.expectPush("message.sent");
  expect(told(two)).toEqual([]);
});
