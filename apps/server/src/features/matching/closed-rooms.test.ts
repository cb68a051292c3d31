import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import type { Tab } from "./fixtures/gateway.fixture.ts";
import { type MatchingWorld, openMatchingWorld, type WorldNode } from "./fixtures/matching.fixture.ts";
import type { MatchingDeps } from "./ports.ts";

let world: MatchingWorld;
let nodes: [WorldNode, WorldNode];
let rooms: MatchingDeps["rooms"];
beforeAll(async () => {
  world = await openMatchingWorld();
  const keepRooms = (deps: MatchingDeps) => {
    rooms = deps.rooms;
    return {};
  };
  nodes = [await world.openNode({ deps: keepRooms }), await world.openNode()];
});
afterAll(() => world.close());

test("a match is over once its room has closed, also when the node that closed it dies without a word", async () => {
  const accounts = await world.newAccounts(2);
  const tabs = accounts.map((accountId, i) => nodes[i % 2]?.connect(accountId));
  for (const tab of tabs) await tab?.request();
  await world.pass(1_000);
  const match = await nodes[0].matching.findState(accounts[0] ?? "");
  if (match.state !== "matched") throw new Error("they were not matched");
  // What a node commits in its last moment: the end of the room, and nobody hears of it.
  const roomId = fromWireId(match.roomId);
  await nodes[0].db.transaction((tx) => rooms.leaveRoomIn(tx, accounts[0] ?? "", roomId));
  await eventually("the match is over", async () => {
    const [row] = await world.admin`select ended_at from matching_matches where room_id = ${roomId}`;
    return row?.ended_at !== null;
  });
  for (const accountId of accounts) expect((await nodes[1].matching.findState(accountId)).state).toBe("idle");
}, 15_000);

/** Two people with a device on each node, in a match. */
async function meet(): Promise<{ tabs: Tab[]; one: Tab; roomId: RoomId }> {
  const accounts = await world.newAccounts(2);
  const tabs = accounts.flatMap((accountId) => nodes.map((node) => node.connect(accountId)));
  const [one, , two] = tabs as [Tab, Tab, Tab];
  await one.request();
  await two.request();
  await world.pass(1_000);
  const match = one.told.at(-1);
  if (match?.state !== "matched") throw new Error("they were not matched");
  return { tabs, one, roomId: match.roomId };
}
const lastStates = (tabs: readonly Tab[]) => tabs.map(({ told }) => told.at(-1)?.state);

test("that a match is over is pushed to all devices of both, once", async () => {
  const { tabs, one, roomId } = await meet();
  await one.run("room.leave", { roomId });
  await eventually("all know", () => lastStates(tabs).every((state) => state === "idle"));
  await world.pass(2_000);
  for (const { told } of tabs) expect(told.filter(({ state }) => state === "idle")).toHaveLength(1);
}, 15_000);

test("an end that the bus lost is found, also by who came when the match was made long ago", async () => {
  const { tabs, one, roomId } = await meet();
  await world.pass(10_000);
  const late = nodes[1].connect(one.accountId);
  expect((await late.get()).state).toBe("matched");
  world.hub.lossRate = 1;
  await one.run("room.leave", { roomId });
  await eventually("the match is over", async () => (await one.get()).state === "idle");
  world.hub.lossRate = 0;
  await world.pass(2_000);
  await eventually("all know", () => lastStates([...tabs, late]).every((state) => state === "idle"));
}, 15_000);

test("a match that is a minute old is no news any more, for who is told as for who asks", async () => {
  const { tabs, one, roomId } = await meet();
  await world.admin`
    update matching_matches set made_at = made_at - interval '61 s', low_joined = true, high_joined = true
    where room_id = ${fromWireId(roomId)}`;
  await world.pass(1_500);
  expect([(await one.get()).state, ...lastStates(tabs)]).toEqual(Array.from({ length: 5 }, () => "idle"));
}, 15_000);
