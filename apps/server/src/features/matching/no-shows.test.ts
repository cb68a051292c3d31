import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { fromWireId, limits, type MatchState } from "@maru/protocol";
import { type MatchingWorld, openMatchingWorld, type WorldNode } from "./fixtures/matching.fixture.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";

setDefaultTimeout(30_000);

let world: MatchingWorld;
let one: WorldNode;
let two: WorldNode;
beforeAll(async () => {
  world = await openMatchingWorld();
  one = await world.openNode();
  two = await world.openNode();
});
afterEach(async () => {
  expect(await findViolations(world.admin)).toEqual([]);
  await world.clear();
});
afterAll(() => world.close());

/** Two people who were matched this moment, on two nodes; when the first began to wait, and at what time that was told. */
async function matchTwo(nodes: readonly [WorldNode, WorldNode] = [one, two]) {
  const [a = "", b = ""] = await world.newAccounts(2);
  const [stays, goes] = [nodes[0].connect(a), nodes[1].connect(b)];
  const began = await stays.request();
  const toldAtMs = world.passedMs;
  await world.pass(2_000);
  await goes.request();
  await world.settle();
  const { roomId } = await stays.expectLogged("matched");
  await goes.expectLogged("matched");
  return { stays, goes, roomId, began, toldAtMs };
}

const isRoomOpen = async (roomId: string) => {
  const [row] = await world.admin`select state from rooms_rooms where id = ${fromWireId(roomId as never)}`;
  return row.state === "open";
};
const startOf = (match: MatchState) => (match.state === "waiting" ? match.requestedAt : match.state);

test("whose partner vanished before the join goes back to the head of the line, and the room ends", async () => {
  const { stays, goes, roomId, began, toldAtMs } = await matchTwo();
  goes.close();
  const [later = ""] = await world.newAccounts(1);
  await world.pass(limits.matchGraceMs - 1_000);
  expect(await isRoomOpen(roomId)).toBe(true);
  await world.pass(2_000);
  await stays.expectLogged("waiting");
  expect(startOf(await stays.get())).toBe(world.since(startOf(began), toldAtMs));
  expect(await isRoomOpen(roomId)).toBe(false);
  expect(await two.connect(goes.accountId).get()).toEqual({ state: "idle", reason: "disconnected" });

  const next = two.connect(later);
  await next.request();
  await world.settle();
  expect(await stays.expectLogged("matched")).toEqual(await next.expectLogged("matched"));
});

test("the survivor goes before all who came later", async () => {
  const { stays, goes } = await matchTwo();
  const [early = "", late = ""] = await world.newAccounts(2);
  await world.block(early, late);
  await world.block(late, stays.accountId);
  goes.close();
  await world.pass(1_000);
  const waits = [two.connect(early), two.connect(late)] as const;
  for (const tab of waits) await tab.request();
  await world.pass(limits.matchGraceMs + 1_000);
  expect(await stays.expectLogged("matched")).toEqual(await waits[0].expectLogged("matched"));
  expect((await waits[1].get()).state).toBe("waiting");
});

test("who is back within the grace finds the match", async () => {
  const { stays, goes, roomId } = await matchTwo();
  goes.close();
  await world.pass(3_000);
  const back = one.connect(goes.accountId);
  await world.pass(20_000);
  expect(await isRoomOpen(roomId)).toBe(true);
  expect((await back.get()).state).toBe("matched");
  expect(stays.told.at(-1)?.state).toBe("matched");
});

test("who has joined may lose the connection for long", async () => {
  const { stays, goes, roomId } = await matchTwo();
  await world.pass(7_000);
  goes.close();
  await world.pass(30_000);
  expect(await isRoomOpen(roomId)).toBe(true);
  expect(stays.told.at(-1)?.state).toBe("matched");
});

test("two who have talked have met, however soon both lose the connection", async () => {
  const { stays, goes, roomId } = await matchTwo();
  await world.admin`
    select outcome from rooms_append(array[${fromWireId(roomId as never)}::uuid], array[${stays.accountId}::uuid],
      array['said-at-once'], array['말'])`;
  stays.close();
  goes.close();
  for (let i = 0; i < 3; i++) await world.pass(limits.matchGraceMs + 1_000);
  expect(await isRoomOpen(roomId)).toBe(true);
  for (const tab of [stays, goes]) {
    expect(await one.connect(tab.accountId).get()).toMatchObject({ state: "matched", roomId });
  }
});

test("when both vanish, nobody waits", async () => {
  const { stays, goes, roomId } = await matchTwo();
  stays.close();
  goes.close();
  // A round between the ends of the two graces takes the second one for a survivor, whose wait then ends as any other.
  for (let i = 0; i < 3; i++) await world.pass(limits.matchGraceMs + 1_000);
  expect(await isRoomOpen(roomId)).toBe(false);
  for (const tab of [stays, goes])
    expect(await one.connect(tab.accountId).get()).toEqual({ state: "idle", reason: "disconnected" });
});

test("a survivor who went on to the next meanwhile waits once, since the later moment", async () => {
  const { stays, goes, roomId } = await matchTwo();
  goes.close();
  await world.pass(1_000);
  const waiting = await stays.next(roomId);
  const toldAtMs = world.passedMs;
  await world.pass(limits.matchGraceMs + 1_000);
  expect(startOf(await stays.get())).toBe(world.since(startOf(waiting), toldAtMs));
});

test("a survivor who left the room is not put back into the line", async () => {
  const { stays, goes, roomId } = await matchTwo();
  goes.close();
  await stays.run("room.leave", { roomId });
  await world.pass(limits.matchGraceMs + 1_000);
  expect((await stays.get()).state).toBe("idle");
});

test("two who were matched but never met do not count as people who met", async () => {
  const { stays, goes } = await matchTwo();
  goes.close();
  await world.pass(limits.matchGraceMs + 1_000);
  await stays.expectLogged("waiting");
  const back = two.connect(goes.accountId);
  await back.request();
  await world.settle();
  expect(await stays.expectLogged("matched")).toEqual(await back.expectLogged("matched"));
});

test("people who met and part meet again when nobody else waits, but not at once", async () => {
  const { stays, goes, roomId } = await matchTwo();
  await world.pass(7_000);
  expect((await stays.next(roomId)).state).toBe("waiting");
  expect((await goes.next(roomId)).state).toBe("waiting");
  await world.pass(4_000);
  expect((await stays.get()).state).toBe("waiting");
  await world.pass(2_000);
  const again = await stays.expectLogged("matched");
  expect(again).toEqual(await goes.expectLogged("matched"));
  expect(again.roomId).not.toBe(roomId as never);
});

test("going on to the next again, with a match in between, stays in that match", async () => {
  const { stays, roomId } = await matchTwo();
  await stays.next(roomId);
  const [c = ""] = await world.newAccounts(1);
  await two.connect(c).request();
  await world.settle();
  const matched = await stays.expectLogged("matched");
  expect(await stays.next(roomId)).toEqual(matched);
});

test("whose partner's node dies goes back to the line", async () => {
  const three = await world.openNode();
  const { stays } = await matchTwo([one, three]);
  three.kill();
  await world.pass(limits.matchGraceMs + 6_000);
  await stays.expectLogged("waiting");
  expect((await one.matching.findState(stays.accountId)).state).toBe("waiting");
});
