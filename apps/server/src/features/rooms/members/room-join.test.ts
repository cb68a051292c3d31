import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId } from "@maru/protocol";
import { codeOf, newKey, openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let node: WorldNode;
beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
});
afterAll(() => world.close());

test("joining again restores no right that was taken", async () => {
  const accounts = await world.newAccounts(3);
  const { roomId, memberIds } = await world.newGroup(accounts);
  const [silenced = "", other = ""] = accounts;
  const say = (accountId: string) =>
    world.connect(node, accountId).run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  await world.adminSql`update rooms_members set may_post = false where id = ${fromWireId(memberIds[0] as (typeof memberIds)[number])}`;
  for (const accountId of [silenced, other]) {
    await world.connect(node, accountId).run("room.leave", { roomId });
    await node.rooms.joinRoom({ accountId, roomId: fromWireId(roomId), alias: { adjective: 1, noun: 1 } });
  }
  expect(await codeOf(say(silenced))).toBe("room.posting_denied");
  expect((await say(other)).message.text).toBe("말");
});
