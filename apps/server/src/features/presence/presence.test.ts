import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits, toWireId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { newId } from "../../platform/ids.ts";
import { openPresenceWorld, type PresenceWorld } from "./fixtures/presence.fixture.ts";

let world: PresenceWorld;
beforeAll(async () => {
  world = await openPresenceWorld();
});
afterAll(() => world.database.close());

test("a person is seen coming, going away and leaving, from another node", async () => {
  const [here, there] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  expect(await here.watch(eye, roomId)).toMatchObject([
    { presence: "offline", memberId: toWireId("membership", other) },
  ]);
  const device = there.connect(other);
  await world.seen("online", () => eye.last === "online");
  await there.set(device, "away");
  await world.seen("away", () => eye.last === "away");
  await there.set(device, "online");
  await world.seen("online again", () => eye.last === "online");
  there.close(device);
  await world.seen("offline", () => eye.last === "offline");
});

test("one device in use is enough, wherever the others are", async () => {
  const [here, there] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const [phone, laptop] = [here.connect(other), there.connect(other)];
  await here.set(phone, "away");
  await world.seen("online", () => eye.last === "online");
  await there.set(laptop, "away");
  await world.seen("away", () => eye.last === "away");
  there.close(laptop);
  await here.set(phone, "online");
  await world.seen("online", () => eye.last === "online");
  expect(eye.received.map(({ presence }) => presence)).not.toContain("offline");
});

test("a reload is not seen", async () => {
  const [here, there] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const before = there.connect(other);
  await world.seen("online", () => eye.last === "online");
  there.close(before);
  await world.clock.advance(limits.offlineAfterMs / 2);
  there.connect(other);
  await world.clock.advance(limits.offlineAfterMs * 2);
  expect(eye.received.map(({ presence }) => presence)).toEqual(["online"]);
});

test("what the bus loses is looked up", async () => {
  const [here, there] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  world.hub.isCut = true;
  there.connect(other);
  await world.seen("online although the bus is silent", () => eye.last === "online");
  world.hub.isCut = false;
});

test("a node that dies without a word takes its people with it", async () => {
  const [here] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const dead = newId();
  await world.database.db.sql`insert into presence_nodes (id) values (${dead})`;
  await world.database.db.sql`
    insert into presence_accounts (account_id, node_id, is_away) values (${other}, ${dead}, false)`;
  const eye = here.connect(viewer);
  expect(await here.watch(eye, roomId)).toMatchObject([{ presence: "online" }]);
  await world.database.db.sql`update presence_nodes set beat_at = beat_at - interval '1 minute' where id = ${dead}`;
  await world.seen("offline", () => eye.last === "offline");
  await eventually("nothing is left of it", async () => {
    await world.clock.advance(1_000);
    return (await world.database.db.sql`select 1 from presence_accounts where node_id = ${dead}`).length === 0;
  });
});

test("a node that was given up while it slept says everything again", async () => {
  const [here] = await world.openNodes();
  const { other } = await world.share();
  here.connect(other);
  const isWritten = async () =>
    (await world.database.db.sql`select 1 from presence_accounts where account_id = ${other}`).length === 1;
  const eventuallyWritten = () =>
    eventually("it is written", async () => {
      await world.clock.advance(1_000);
      return isWritten();
    });
  await eventuallyWritten();
  await world.database.db.sql`delete from presence_accounts where account_id = ${other}`;
  await world.database.db.sql`delete from presence_nodes`;
  expect(await isWritten()).toBe(false);
  await eventuallyWritten();
});

test("only who may see is told, and the sight ends at once", async () => {
  const [here] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const stranger = here.connect(newId());
  expect(await here.watch(stranger, roomId)).toEqual([]);
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const device = here.connect(other);
  await world.seen("online", () => eye.last === "online");
  world.hidden.add(roomId);
  here.loseSight(viewer, roomId);
  await here.set(device, "away");
  await world.clock.advance(20_000);
  expect([eye.last, stranger.received]).toEqual(["online", []]);
  expect(await here.watch(eye, roomId)).toEqual([]);
});

test("watching other rooms ends the rooms of before", async () => {
  const [here] = await world.openNodes();
  const [one, two] = [await world.share(), await world.share()];
  world.rooms.set(two.roomId, [one.viewer, two.other]);
  const eye = here.connect(one.viewer);
  await here.watch(eye, one.roomId);
  await here.watch(eye, two.roomId);
  here.connect(one.other);
  here.connect(two.other);
  await world.seen("the one that is watched", () => eye.last === "online");
  expect(eye.received.map(({ roomId }) => roomId)).toEqual([toWireId("room", two.roomId)]);
});

test("under load nothing is written until there is time", async () => {
  const [here] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  here.state.isBusy = true;
  here.connect(other);
  await world.clock.advance(10_000);
  expect(await world.database.db.sql`select 1 from presence_accounts where account_id = ${other}`).toHaveLength(0);
  here.state.isBusy = false;
  await world.seen("online", () => eye.last === "online");
});

test("who is silent to somebody looks offline to them whatever they do, and as they are again afterwards", async () => {
  const [here, there] = await world.openNodes();
  const { roomId, viewer, other } = await world.share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const device = there.connect(other);
  await world.seen("online", () => eye.last === "online");
  world.silent.add(`${roomId}${other}`);
  here.seeOtherwise(roomId);
  await world.seen("offline", () => eye.last === "offline");
  const told = eye.received.length;
  await there.set(device, "away");
  await world.clock.advance(20_000);
  await there.set(device, "online");
  await world.clock.advance(20_000);
  expect(eye.received).toHaveLength(told);
  expect(await here.watch(eye, roomId)).toMatchObject([{ presence: "offline" }]);
  world.silent.delete(`${roomId}${other}`);
  here.seeOtherwise(roomId);
  await world.seen("online again", () => eye.last === "online");
});
