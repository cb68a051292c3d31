import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
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
