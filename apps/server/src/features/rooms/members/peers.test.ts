import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { newKey, openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let node: WorldNode;
const befriended = new Set<string>();
beforeAll(async () => {
  world = await openRoomsWorld();
  const listFriendsAmong = async (accountId: string, otherIds: readonly string[]) =>
    new Set(otherIds.filter((otherId) => befriended.has([accountId, otherId].sort().join())));
  node = await world.openNode({ deps: { friends: { listFriendsAmong } } });
});
afterAll(() => world.close());

async function opened() {
  const [left, right] = [await world.newAccount(), await world.newAccount()];
  const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
  const { room } = await one.run("direct.open", { nickname: right.nickname });
  const peersOf = async ({ accountId }: { accountId: string }) =>
    (await node.rooms.listPeers(accountId, [fromWireId(room.id)])).map((peer) => peer.accountId);
  const say = (device: typeof one, roomId: RoomId = room.id) =>
    device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  return { one, two, peersOf, say };
}

test("opening a direct room shows nothing of who is there; only when both have written they see each other", async () => {
  const { one, two, peersOf, say } = await opened();
  for (const device of [one, two]) expect(await peersOf(device)).toEqual([]);
  await say(one);
  await say(one);
  for (const device of [one, two]) expect(await peersOf(device)).toEqual([]);
  await say(two);
  expect(await peersOf(one)).toEqual([two.accountId]);
  expect(await peersOf(two)).toEqual([one.accountId]);
});

test("friends see each other before anything is said", async () => {
  const { one, two, peersOf } = await opened();
  befriended.add([one.accountId, two.accountId].sort().join());
  expect(await peersOf(one)).toEqual([two.accountId]);
});
