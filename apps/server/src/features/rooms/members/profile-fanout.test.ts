import { afterAll, beforeAll, expect, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import { ModelClient } from "../fixtures/model-client.fixture.ts";
import { openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";
import { freshList, ModelList } from "../fixtures/sync.fixture.ts";

let world: RoomsWorld;
let nodes: [WorldNode, WorldNode];
const hub = new FaultyHub();
beforeAll(async () => {
  hub.lossRate = 0;
  world = await openRoomsWorld();
  nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
});
afterAll(() => world.close());

const rename = (accountId: string, nickname: string) =>
  world.adminSql`update identity_accounts set nickname = ${nickname}, nickname_key = ${nickname} where id = ${accountId}`;

test("a new name is seen in the room and in the list of the other, on another node, as a fresh look would", async () => {
  const [one, two] = [await world.newAccount(), await world.newAccount()];
  const [here, there] = [world.connect(nodes[0], one.accountId), world.connect(nodes[1], two.accountId)];
  const { room } = await here.run("direct.open", { nickname: two.nickname });
  await here.run("message.send", { roomId: room.id, clientMessageId: "first-message", text: "말" });
  const client = new ModelClient(there, room.id);
  await client.open();
  const list = new ModelList(world.connect(nodes[1], two.accountId));
  await list.sync();
  await list.listen();
  await rename(one.accountId, "새이름");
  await nodes[0].rooms.publishRename(one.accountId);
  const pushed = await there.expectPush("member.updated");
  expect(pushed.member).toMatchObject({ id: room.selfId, name: "새이름" });
  await eventually("the list shows it", () =>
    list.picture.some(({ members }) => members.some(({ name }) => name === "새이름")),
  );
  await client.whenAt(pushed.rev);
  expect(client.gaps).toEqual([]);
  expect(list.picture).toEqual(await freshList(there));
});

test("who was away is told the new name by a sync", async () => {
  const [one, two] = [await world.newAccount(), await world.newAccount()];
  const [here, there] = [world.connect(nodes[0], one.accountId), world.connect(nodes[1], two.accountId)];
  const { room } = await here.run("direct.open", { nickname: two.nickname });
  await here.run("message.send", { roomId: room.id, clientMessageId: "first-message", text: "말" });
  const away = new ModelList(there);
  await away.sync();
  await rename(one.accountId, "다른이름");
  await nodes[0].rooms.publishRename(one.accountId);
  const { rooms, reset } = await away.sync();
  expect([reset, rooms.map(({ members }) => members.find(({ id }) => id === room.selfId)?.name)]).toEqual([
    false,
    ["다른이름"],
  ]);
});

test("rooms that show aliases are told nothing", async () => {
  const [a = "", b = ""] = await world.newAccounts(2);
  const roomId = await world.newMatch(nodes[0], a, b);
  const other = world.connect(nodes[0], b);
  await other.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  const { room } = await other.run("room.get", { roomId });
  await nodes[0].rooms.publishRename(a);
  const { message } = await other.run("message.send", { roomId, clientMessageId: "after-renaming", text: "말" });
  expect(message.rev).toBe(room.rev + 1);
});
