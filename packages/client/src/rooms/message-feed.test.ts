import { beforeEach, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import { createClient } from "../client.ts";
import { MaruClientError } from "../client-error.ts";
import { ClientWorld } from "../fixtures/client.fixture.ts";
import { account, aSync, roomId, selfId } from "../fixtures/entities.fixture.ts";
import { PretendedRoom } from "../fixtures/rooms.fixture.ts";
import type { HeardMessage } from "./message-feed.ts";

let world: ClientWorld;
let server: PretendedRoom;
let received: HeardMessage[];

beforeEach(() => {
  world = new ClientWorld();
  server = new PretendedRoom(world);
  received = [];
});

async function listen() {
  const maru = await world.signIn();
  maru.rooms.onMessage((message) => received.push(message));
  await settle();
  return maru;
}

const past = { sentAt: "2025-06-01T00:00:00.000Z" };

/** Sends a message now, by the server's clock. */
function say(given: Parameters<PretendedRoom["log"]["say"]>[0] = {}) {
  return server.log.say({ sentAt: new Date(world.clock.now()).toISOString(), ...given });
}

async function noteHead(): Promise<void> {
  server.advance();
  await settle();
}

const receivedSeqs = () => received.map(({ message }) => message.seq);

test("tells what is said from now on, in order and once, and nothing of what was there before", async () => {
  for (let i = 0; i < 5; i++) server.log.say(past);
  await listen();
  say();
  await noteHead();
  say();
  say({ authorId: selfId });
  await noteHead();
  await noteHead();
  expect(received.map(({ message, isOwn, roomId: room }) => [room, message.seq, isOwn])).toEqual([
    [roomId, 6, false],
    [roomId, 7, false],
    [roomId, 8, true],
  ]);
});

test("tells what was said during a break, however much it was", async () => {
  await listen();
  world.socket.end();
  for (let i = 0; i < 250; i++) say();
  await world.clock.advance(2_000);
  expect(receivedSeqs()).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
});

test("tells what was said while it read", async () => {
  await listen();
  let isFirst = true;
  world.answer("message.list", (place) => {
    const page = server.list(place);
    if (isFirst) {
      isFirst = false;
      say();
      server.advance();
    }
    return page;
  });
  say();
  await noteHead();
  expect(receivedSeqs()).toEqual([1, 2]);
});

test("leaves out what nobody said, and what was deleted", async () => {
  await listen();
  say({ kind: "system" });
  say({ deletedAt: "2026-01-01T00:00:00.000Z" });
  say();
  await noteHead();
  expect(receivedSeqs()).toEqual([3]);
});

test("reads again later, and not at once, what could not be read", async () => {
  await listen();
  let isBroken = true;
  world.answer("message.list", (place) => {
    if (isBroken) throw new MaruClientError({ code: "server.unavailable" });
    return server.list(place);
  });
  say();
  await noteHead();
  expect(world.socket.commands("message.list")).toHaveLength(1);
  await world.clock.advance(3_000);
  expect(world.socket.commands("message.list")).toHaveLength(4);
  isBroken = false;
  await world.clock.advance(1_000);
  expect(receivedSeqs()).toEqual([1]);
});

test("a room that comes to light later tells its news and not its past", async () => {
  for (let i = 0; i < 5; i++) server.log.say(past);
  world.answer("account.sync", () => aSync());
  await listen();
  const comeUp = async () => {
    world.socket.push({ push: "membership.changed", accountEpoch: "one", accountRev: 2, room: server.summary() });
    await settle();
  };
  await comeUp();
  expect(receivedSeqs()).toEqual([]);
  say();
  await comeUp();
  expect(receivedSeqs()).toEqual([6]);
});

test("a room that comes to light by its news tells just these", async () => {
  for (let i = 0; i < 5; i++) server.log.say(past);
  world.answer("account.sync", () => aSync());
  await listen();
  say();
  world.socket.push({ push: "membership.changed", accountEpoch: "one", accountRev: 2, room: server.summary() });
  await settle();
  expect(receivedSeqs()).toEqual([6]);
});

test("after a restore of the server goes on with what is said under the new numbering", async () => {
  for (let i = 0; i < 9; i++) server.log.say(past);
  await listen();
  world.socket.end();
  server = new PretendedRoom(world);
  server.epoch = "two";
  for (let i = 0; i < 3; i++) server.log.say(past);
  await world.clock.advance(2_000);
  say();
  await noteHead();
  expect(receivedSeqs()).toEqual([4]);
});

test("tells nothing to whoever has stopped listening, and to who listens later nothing said in between", async () => {
  const maru = await world.signIn();
  const stop = maru.rooms.onMessage((message) => received.push(message));
  say();
  await noteHead();
  stop();
  await world.clock.advance(1_000);
  say();
  await noteHead();
  await world.clock.advance(1_000);
  maru.rooms.onMessage((message) => received.push(message));
  say();
  await noteHead();
  expect(receivedSeqs()).toEqual([1, 3]);
});

test("tells whoever listened before the sign-in all from the sign-in on, also what came before the list", async () => {
  server.log.say(past);
  world.network = "silent";
  const maru = createClient({ url: "http://maru.example", ...world.ports() });
  maru.rooms.onMessage((message) => received.push(message));
  await maru.signIn({ email: account.email, password: "hanok-floor-4" });
  await world.clock.advance(500);
  say();
  world.network = "up";
  await world.clock.advance(12_000);
  expect(receivedSeqs()).toEqual([2]);
});
