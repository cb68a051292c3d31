import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MembershipId, RoomId } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { MaruError } from "../../../platform/errors.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let nodes: WorldNode[];
beforeAll(async () => {
  world = await openRoomsWorld();
  nodes = [await world.openNode(), await world.openNode()];
});
afterAll(() => world.close());

test("writers of all kinds at once over two nodes lock in one order: no deadlock, nobody refused for a race", async () => {
  const random = seededRandom(5);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const people = await Promise.all(Array.from({ length: 4 }, () => world.newAccount()));
  const devices = people.flatMap(({ accountId }) => nodes.map((node) => world.connect(node, accountId)));
  const groups = await Promise.all([0, 1].map(() => world.newGroup(people.map(({ accountId }) => accountId))));
  const everybody = people.map(({ accountId }) => accountId);
  const rooms = groups.map(({ roomId }) => ({ roomId, accountIds: everybody }));
  for (let i = 0; i < 24; i++) {
    const [one = "", other = ""] = [everybody[i % 4], everybody[(i + 1 + (i % 3)) % 4]];
    const roomId = await world.newMatch(nodes[i % 2] as WorldNode, one, other);
    rooms.push({ roomId, accountIds: [one, other] });
  }
  const act = async (device: WorldConnection, roomId: RoomId): Promise<unknown> => {
    const chance = random();
    if (chance < 0.4) return device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
    if (chance < 0.7) return device.run("room.read", { roomId, seq: Math.floor(random() * 30) });
    if (chance < 0.8) return device.run("membership.update", { roomId, pinned: random() < 0.5, muted: random() < 0.5 });
    if (chance < 0.85) return device.run("direct.open", { nickname: pick(people).nickname });
    if (chance < 0.9) return device.run("message.delete", { roomId, seq: 1 + Math.floor(random() * 5) });
    if (chance < 0.91) return device.run("room.leave", { roomId });
    const { room } = await device.run("room.get", { roomId });
    const member = room.members.find(({ id }) => id !== room.selfId);
    const { block } = await device.run("member.block", { roomId, memberId: member?.id as MembershipId });
    return device.run("block.remove", { blockId: block.id });
  };
  const codes = await Promise.all(
    Array.from({ length: 1_200 }, () => {
      const device = pick(devices);
      const own = rooms.filter(({ accountIds }) => accountIds.includes(device.accountId));
      return act(device, pick(own).roomId).then(
        () => "done",
        (error) => {
          if (error instanceof MaruError) return error.code;
          throw error;
        },
      );
    }),
  );
  expect(codes.filter((code) => code === "done").length).toBeGreaterThan(500);
  expect(codes.filter((code) => code.startsWith("server."))).toEqual([]);
  await world.adminSql`select pg_stat_clear_snapshot()`;
  const [stats] = await world.adminSql`
    select deadlocks::int from pg_stat_database where datname = ${world.database.name}`;
  expect(stats.deadlocks).toBe(0);
}, 60_000);
