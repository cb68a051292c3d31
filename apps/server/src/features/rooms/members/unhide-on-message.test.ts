import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId } from "@maru/protocol";
import { FaultyHub, noBusFaults } from "../../../testing/faulty-hub.ts";
import { newKey, openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";
import { appendBatch } from "../log/store-append.ts";

let world: RoomsWorld;
let nodes: [WorldNode, WorldNode];
beforeAll(async () => {
  world = await openRoomsWorld();
  const hub = new FaultyHub(noBusFaults);
  nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
});
afterAll(() => world.close());

test("a room that was put away is told again to its member, also when the node dies with the message committed", async () => {
  const [left, right] = [await world.newAccount(), await world.newAccount()];
  const [writer, away] = [world.connect(nodes[0], left.accountId), world.connect(nodes[1], right.accountId)];
  const { room } = await writer.run("direct.open", { nickname: right.nickname });
  await writer.run("message.send", { roomId: room.id, clientMessageId: newKey(), text: "말" });
  await away.expectPush("membership.changed", (push) => !push.room.hidden);
  await away.run("room.leave", { roomId: room.id });
  await away.expectPush("membership.changed", (push) => push.room.hidden);
  const before = await away.run("account.sync", {});
  // What a node commits in its last moment, without a word to anybody.
  const roomId = fromWireId(room.id);
  await appendBatch(nodes[0].db.sql, [{ roomId, accountId: left.accountId, clientMessageId: newKey(), text: "말" }]);
  const push = await away.expectPush("membership.changed", ({ room: changed }) => changed.lastSeq === 2);
  expect(push.room).toMatchObject({ id: room.id, hidden: false });
  expect(push.accountRev).toBeGreaterThan(before.toRev);
}, 10_000);
