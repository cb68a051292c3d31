import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "../../../platform/ids.ts";
import { matchRoomPolicy } from "../../../testing/room-policies.ts";
import { openRoomsWorld, type RoomsWorld, type WorldNode } from "../fixtures/rooms.fixture.ts";
import { insertRooms } from "../store-rooms.ts";

let world: RoomsWorld;
let nodes: [WorldNode, WorldNode];
beforeAll(async () => {
  world = await openRoomsWorld();
  nodes = [await world.openNode(), await world.openNode()];
});
afterAll(() => world.close());

const countOpen = async (accountId: string): Promise<number> => {
  const [row] = await world.adminSql`
    select count(*)::int as open from rooms_members m join rooms_rooms r on r.id = m.room_id
    where m.account_id = ${accountId} and r.state = 'open'`;
  return row?.open ?? 0;
};

/** Somebody in so many match rooms. */
async function newPopular(count: number): Promise<string> {
  const [accountId = "", otherId = ""] = await world.newAccounts(2);
  const rooms = Array.from({ length: count }, () => {
    const roomId = newId();
    const members = [accountId, otherId].map((id) => {
      return { id: newId(), roomId, accountId: id, mayPost: true, alias: { adjective: 1, noun: 1 }, isHidden: false };
    });
    return { id: roomId, kind: "match" as const, traits: matchRoomPolicy, directKey: null, opening: null, members };
  });
  await world.database.db.transaction((tx) => insertRooms(tx, rooms));
  return accountId;
}

test("who leaves with many rooms leaves them a bounded part at a time; another node goes on after a kill", async () => {
  const accountId = await newPopular(230);
  expect(await nodes[0].rooms.departAccount(accountId)).toBe("more");
  expect(await countOpen(accountId)).toBe(130);
  // The first node is gone; what it has done stays done.
  expect(await nodes[1].rooms.departAccount(accountId)).toBe("more");
  expect(await nodes[1].rooms.departAccount(accountId)).toBe("done");
  expect(await countOpen(accountId)).toBe(0);
  expect(await nodes[0].rooms.departAccount(accountId)).toBe("done");
});

test("two nodes that do it at once do no harm", async () => {
  const accountId = await newPopular(60);
  const told = await Promise.all(nodes.map((node) => node.rooms.departAccount(accountId)));
  expect(told).toEqual(["done", "done"]);
  expect(await countOpen(accountId)).toBe(0);
});
