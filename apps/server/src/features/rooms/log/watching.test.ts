import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits, type Push, type RoomId } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  codeOf,
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import type { RoomsBus } from "../ports.ts";

let world: RoomsWorld;
let node: WorldNode;
beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
});
afterAll(() => world.close());

/** A hub that only delays by a task, and can be cut. */
function openHub(): FaultyHub {
  const hub = new FaultyHub();
  hub.lossRate = hub.doubleRate = hub.maxDelayMs = 0;
  return hub;
}

async function match(on: WorldNode = node): Promise<{ one: WorldConnection; two: WorldConnection; roomId: RoomId }> {
  const [a = "", b = ""] = await world.newAccounts(2);
  const roomId = await world.newMatch(on, a, b);
  return { one: world.connect(on, a), two: world.connect(on, b), roomId };
}

const say = (device: WorldConnection, roomId: RoomId, text = "말") =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text });
const watch = (device: WorldConnection, roomId: RoomId, mode: "open" | "head", at?: { epoch: string; rev: number }) =>
  device.run("room.watch", { rooms: [{ roomId, mode, ...at }] });
const told = (device: WorldConnection, name: Push["push"]) => device.received.filter((push) => push.push === name);
const nowhere = `room_${"0".repeat(32)}` as RoomId;

test("who watches a room fully is told all, who watches its head the last, who watches nothing nothing", async () => {
  const { one, two, roomId } = await match();
  const other = world.connect(node, one.accountId);
  await Promise.all([watch(one, roomId, "open"), watch(two, roomId, "head")]);
  const { message } = await say(two, roomId);
  expect(await one.expectPush("message.sent")).toMatchObject({ rev: message.rev, message });
  const head = { rev: message.rev, lastSeq: message.seq, lastOrd: message.ord, lastMessage: message };
  expect(await two.expectPush("room.advanced")).toMatchObject(head);
  expect([told(one, "room.advanced"), told(two, "message.sent"), told(other, "message.sent")]).toEqual([[], [], []]);
});

test("watching with a position tells what was missed, and afresh where the numbering is another", async () => {
  const { one, two, roomId } = await match();
  const { room } = await one.run("room.get", { roomId });
  const { message } = await say(two, roomId);
  const missed = await watch(one, roomId, "open", { epoch: room.epoch, rev: room.rev });
  expect(missed.catchUps).toEqual([
    { roomId, reset: false, epoch: room.epoch, fromRev: 1, toRev: 2, changes: [{ rev: 2, message }] },
  ]);
  expect((await watch(one, roomId, "open", { epoch: room.epoch, rev: 2 })).catchUps).toMatchObject([{ changes: [] }]);
  const fresh = await watch(one, roomId, "open", { epoch: "other", rev: 2 });
  expect(fresh.catchUps).toMatchObject([{ reset: true, toRev: 2, hasOlder: false, room: { id: roomId, rev: 2 } }]);
  expect((await watch(one, roomId, "open", { epoch: room.epoch, rev: 99 })).catchUps).toMatchObject([{ reset: true }]);
  expect((await watch(one, roomId, "open")).catchUps).toEqual([]);
  await watch(two, roomId, "head", { epoch: room.epoch, rev: 1 });
  const row = await two.expectPush("membership.changed", ({ room: { rev } }) => rev === 2);
  expect(row.room).toEqual((await two.run("room.get", { roomId })).room);
});

test("what is too far behind is told afresh, with the newest page", async () => {
  const few = await world.openNode({ limits: { catchUpChanges: 5 } });
  const { one, two, roomId } = await match(few);
  const { room } = await one.run("room.get", { roomId });
  for (let i = 0; i < 60; i++) await say(two, roomId, `${i}`);
  const at = (rev: number) => one.run("room.changes", { roomId, epoch: room.epoch, rev });
  expect(await at(56)).toMatchObject({ reset: false, fromRev: 56, toRev: 61 });
  const fresh = await at(55);
  expect(fresh).toMatchObject({ reset: true, toRev: 61, hasOlder: true });
  expect(fresh.reset && fresh.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => 12 + i));
});

test("rooms that one may not see are gone, exactly as those that do not exist", async () => {
  const { roomId } = await match();
  const [stranger = ""] = await world.newAccounts(1);
  const device = world.connect(node, stranger);
  const rooms = [roomId, nowhere].map((id) => ({ roomId: id, mode: "open" as const, epoch: "x", rev: 0 }));
  expect(await device.run("room.watch", { rooms })).toEqual({ catchUps: [], goneRoomIds: [roomId, nowhere] });
  expect(device.topics.size).toBe(0);
});

test("a connection watches no more than the limits say, and a watch that changes its mode counts once", async () => {
  const [self = "", ...others] = await world.newAccounts(limits.openRooms + 2);
  const device = world.connect(node, self);
  const ids: RoomId[] = [];
  for (const other of others) ids.push(await world.newMatch(node, self, other));
  const open = (list: RoomId[]) =>
    device.run("room.watch", { rooms: list.map((roomId) => ({ roomId, mode: "open" as const })) });
  await open(ids.slice(0, limits.openRooms));
  expect(await codeOf(open(ids.slice(-1)))).toBe("room.too_many_watched");
  await open(ids.slice(0, 3));
  await watch(device, ids[0] as RoomId, "head");
  await open(ids.slice(-1));
  expect(device.topics.size).toBe(limits.openRooms + 1);
  await device.run("room.unwatch", { roomIds: ids });
  expect(device.topics.size).toBe(0);
});

test("unwatching ends the pushes; what is not watched is ignored", async () => {
  const { one, two, roomId } = await match();
  await watch(one, roomId, "open");
  await one.run("room.unwatch", { roomIds: [roomId, nowhere] });
  await say(two, roomId);
  expect(told(one, "message.sent")).toEqual([]);
});

test("who leaves on one node is told nothing more on another, nor does a watch in the making survive", async () => {
  const hub = openHub();
  const [near, far] = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
  const [a = "", b = "", c = ""] = await world.newAccounts(3);
  const { roomId } = await world.newGroup([a, b, c]);
  const [stayer, leaver, phone] = [world.connect(near, a), world.connect(near, b), world.connect(far, b)];
  await Promise.all([watch(stayer, roomId, "open"), watch(phone, roomId, "open")]);
  const [, again] = await Promise.all([leaver.run("room.leave", { roomId }), watch(leaver, roomId, "open")]);
  await phone.expectPush("member.left");
  await say(stayer, roomId);
  await stayer.expectPush("message.sent", ({ message }) => message.kind === "text");
  expect([phone.topics.size, leaver.topics.size]).toEqual([0, 0]);
  expect([...told(phone, "message.sent"), ...told(leaver, "message.sent")]).toEqual([]);
  expect(again.goneRoomIds.length).toBeLessThanOrEqual(1);
});

test("a connection that closes while it begins to watch leaves nothing behind", async () => {
  const { one, roomId } = await match();
  const watching = watch(one, roomId, "open").catch(() => null);
  one.close();
  await watching;
  expect(one.topics.size).toBe(0);
});

test("the first watcher is served only once the bus has acknowledged and the head was read", async () => {
  const hub = openHub();
  let acknowledge = () => {};
  const slow: RoomsBus = {
    ...hub.connect(),
    subscribe: (subject) =>
      ["rooms.accounts", "rooms.sights", "rooms.pending", "rooms.backlog"].includes(subject)
        ? Promise.resolve(() => {})
        : new Promise((resolve) => {
            acknowledge = () => resolve(() => {});
          }),
  };
  const late = await world.openNode({ bus: slow });
  const { one, two, roomId } = await match(late);
  let isServed = false;
  const watching = watch(one, roomId, "open").then(() => {
    isServed = true;
  });
  await say(two, roomId);
  expect(isServed).toBe(false);
  acknowledge();
  await watching;
  await say(two, roomId);
  expect((await one.expectPush("message.sent")).rev).toBe(3);
});

test("what the bus lost is found by the comparison of heads, and by a reconnect of the bus", async () => {
  const hub = openHub();
  const [near, far] = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
  const { one, two, roomId } = await match(near);
  const remote = world.connect(far, two.accountId);
  await watch(remote, roomId, "open");
  hub.lossRate = 1;
  await say(one, roomId, "잃은 말");
  await far.compare();
  expect((await remote.expectPush("message.sent")).message.text).toBe("잃은 말");
  await say(one, roomId, "또 잃은 말");
  hub.reconnect();
  expect((await remote.expectPush("message.sent")).message.text).toBe("또 잃은 말");
});

test("heads are compared every five seconds by themselves", async () => {
  const hub = openHub();
  hub.lossRate = 1;
  const clock = new FakeClock();
  const near = await world.openNode({ bus: hub.connect() });
  const far = await world.openNode({ bus: hub.connect(), clock });
  const { one, two, roomId } = await match(near);
  const remote = world.connect(far, two.accountId);
  await watch(remote, roomId, "open");
  const { message } = await say(one, roomId);
  const push = remote.expectPush("message.sent");
  while (told(remote, "message.sent").length === 0) {
    await clock.advance(1_000);
    // The database answers in its own time.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect((await push).message).toEqual(message);
});

test("a repeat tells what its first writer died before telling", async () => {
  const hub = openHub();
  const [near, far] = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
  const { one, two, roomId } = await match(near);
  const remote = world.connect(far, two.accountId);
  await watch(remote, roomId, "open");
  const key = newKey();
  const send = () => one.run("message.send", { roomId, clientMessageId: key, text: "한 번" });
  hub.lossRate = 1;
  await send();
  hub.lossRate = 0;
  const { message } = await send();
  expect((await remote.expectPush("message.sent")).message).toEqual(message);
});

test("who missed too much is told to ask; a new epoch too", async () => {
  const hub = openHub();
  hub.lossRate = 1;
  const near = await world.openNode({ bus: hub.connect() });
  const far = await world.openNode({ bus: hub.connect(), limits: { catchUpChanges: 3 } });
  const { one, two, roomId } = await match(near);
  const remote = world.connect(far, two.accountId);
  await watch(remote, roomId, "open");
  for (let i = 0; i < 5; i++) await say(one, roomId);
  await far.compare();
  expect(await remote.expectPush("room.advanced")).toMatchObject({ rev: 6, lastSeq: 6 });
  hub.lossRate = 0;
  await say(one, roomId);
  expect((await remote.expectPush("message.sent")).rev).toBe(7);
  await world.database.db.sql`update rooms_rooms set epoch = 1, rev = 2 where id = ${roomId.slice(5)}`;
  await far.compare();
  const restarted = await remote.expectPush("room.advanced");
  expect([restarted.rev, restarted.epoch.endsWith(".1")]).toEqual([2, true]);
});

test("heads of large rooms are told at most once a second, with what is true then", async () => {
  const clock = new FakeClock();
  const large = await world.openNode({ clock });
  const accounts = await world.newAccounts(101);
  const { roomId } = await world.newGroup(accounts);
  const [writer, reader] = [world.connect(node, accounts[0] ?? ""), world.connect(large, accounts[1] ?? "")];
  await watch(reader, roomId, "head");
  const local = world.connect(large, accounts[2] ?? "");
  for (let i = 0; i < 5; i++) await say(local, roomId, `${i}`);
  expect(told(reader, "room.advanced")).toEqual([]);
  await clock.advance(1_000);
  expect(told(reader, "room.advanced")).toMatchObject([{ rev: 6, lastSeq: 5, lastMessage: { text: "4" } }]);
  expect(writer.received).toEqual([]);
});

test("the other devices of those who wrote at once see what they have read", async () => {
  const { one, two, roomId } = await match();
  const phones = [world.connect(node, one.accountId), world.connect(node, two.accountId)];
  await Promise.all(phones.map((phone) => watch(phone, roomId, "head")));
  await Promise.all([say(one, roomId), say(two, roomId), say(one, roomId), say(two, roomId), say(two, roomId)]);
  for (const [i, phone] of phones.entries()) {
    const { room } = await (i === 0 ? one : two).run("room.get", { roomId });
    const own = told(phone, "room.advanced").flatMap((push) =>
      push.push === "room.advanced" && push.lastMessage?.authorId === room.selfId ? [push.lastMessage.seq] : [],
    );
    expect(Math.max(...own)).toBe(room.readSeq);
  }
});

test("what the bus lost of an account's own log is found by the comparison, once", async () => {
  const hub = openHub();
  const [near, far] = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
  const [a = "", b = ""] = await world.newAccounts(2);
  const phone = world.connect(far, a);
  await phone.run("account.sync", {});
  hub.lossRate = 1;
  const roomId = await world.newMatch(near, a, b);
  const desk = world.connect(near, a);
  await desk.run("membership.update", { roomId, muted: true });
  await desk.expectPush("membership.changed", ({ room }) => room.muted);
  hub.lossRate = 0;
  await desk.run("membership.update", { roomId, pinned: true });
  await phone.expectPush("membership.changed", ({ room }) => room.pinned);
  phone.received.length = 0;
  await far.compare();
  expect(told(phone, "membership.changed")).toMatchObject([{ accountRev: 3, room: { id: roomId, muted: true } }]);
  await far.compare();
  expect(told(phone, "membership.changed")).toHaveLength(1);
});
