import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BlockId, MembershipId, RoomId } from "@maru/protocol";
import {
  codeOf,
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "./rooms-world.ts";

let world: RoomsWorld;
let node: WorldNode;
beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
});
afterAll(() => world.close());

async function pair(): Promise<[WorldConnection, WorldConnection]> {
  const [a = "", b = ""] = await world.newAccounts(2);
  return [world.connect(node, a), world.connect(node, b)];
}

const say = (device: WorldConnection, roomId: RoomId) =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
const partnerOf = async (device: WorldConnection, roomId: RoomId): Promise<MembershipId> => {
  const { room } = await device.run("room.get", { roomId });
  return room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
};

test("a block takes the right to post from both, in every room of the two, and tells both", async () => {
  const [one, two] = await pair();
  const [first, second] = [
    await world.newMatch(node, one.accountId, two.accountId),
    await world.newMatch(node, one.accountId, two.accountId),
  ];
  const { block } = await one.run("member.block", { roomId: first, memberId: await partnerOf(one, first) });
  expect(block).toMatchObject({ alias: { adjective: 2, noun: 2 } });
  expect(block.name).toBeUndefined();
  for (const device of [one, two]) {
    for (const roomId of [first, second]) {
      expect(await codeOf(say(device, roomId))).toBe("room.posting_denied");
      const told = await device.expectPush("membership.changed", ({ room }) => room.id === roomId && !room.canPost);
      expect(told.room.accountRev).toBeGreaterThan(0);
    }
  }
  expect((await one.run("block.list", {})).blocks).toEqual([block]);
  expect((await two.run("block.list", {})).blocks).toEqual([]);
  const again = await one.run("member.block", { roomId: second, memberId: await partnerOf(one, second) });
  expect(again.block).toEqual(block);
});

test("a block that ends gives the right back, unless the other one blocks too", async () => {
  const [one, two] = await pair();
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  const { block: ones } = await one.run("member.block", { roomId, memberId: await partnerOf(one, roomId) });
  const { block: twos } = await two.run("member.block", { roomId, memberId: await partnerOf(two, roomId) });
  await one.run("block.remove", { blockId: ones.id });
  expect(await codeOf(say(one, roomId))).toBe("room.posting_denied");
  expect(await codeOf(one.run("block.remove", { blockId: twos.id }))).toBe("block.not_found");
  await two.run("block.remove", { blockId: twos.id });
  expect((await say(one, roomId)).message.seq).toBe(2);
  expect(await codeOf(two.run("block.remove", { blockId: twos.id }))).toBe("block.not_found");
  expect(await codeOf(two.run("block.remove", { blockId: `blk_${"0".repeat(32)}` as BlockId }))).toBe(
    "block.not_found",
  );
});

test("a block and the opening of a room, or its end, at the same moment end in what the blocks say", async () => {
  for (let i = 0; i < 12; i++) {
    const [left, right] = [await world.newAccount(`왼${i}쪽`), await world.newAccount(`오른${i}쪽`)];
    const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
    const match = await world.newMatch(node, left.accountId, right.accountId);
    const memberId = await partnerOf(one, match);
    const [{ block }, { room }] = await Promise.all([
      one.run("member.block", { roomId: match, memberId }),
      two.run("direct.open", { nickname: left.nickname }),
    ]);
    expect(await codeOf(say(two, room.id))).toBe("room.posting_denied");
    const other = await partnerOf(two, match);
    await Promise.all([
      one.run("block.remove", { blockId: block.id }),
      two.run("member.block", { roomId: match, memberId: other }),
    ]);
    expect(await codeOf(say(one, room.id))).toBe("room.posting_denied");
  }
});

test("two who block each other at the time they are matched cannot post there", async () => {
  const [one, two] = await pair();
  const first = await world.newMatch(node, one.accountId, two.accountId);
  await one.run("member.block", { roomId: first, memberId: await partnerOf(one, first) });
  const second = await world.newMatch(node, one.accountId, two.accountId);
  expect(await codeOf(say(two, second))).toBe("room.posting_denied");
});

test("who is not there cannot be blocked, nor can one block from a room that one is not in", async () => {
  const [one, two] = await pair();
  const [stranger] = await pair();
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  const memberId = await partnerOf(one, roomId);
  const elsewhere = await world.newMatch(node, one.accountId, stranger.accountId);
  const { room } = await one.run("room.get", { roomId });
  expect(await codeOf(stranger.run("member.block", { roomId, memberId }))).toBe("room.not_found");
  expect(await codeOf(one.run("member.block", { roomId: elsewhere, memberId }))).toBe("member.not_found");
  expect(await codeOf(one.run("member.block", { roomId, memberId: room.selfId }))).toBe("member.not_found");
  expect(await codeOf(one.run("member.block", { roomId, memberId: "mem_1" as MembershipId }))).toBe("request.invalid");
});

test("a direct room's block is listed under the name it had", async () => {
  const [blocker] = [world.connect(node, (await world.newAccount("막는이")).accountId)];
  await world.newAccount("막힌이");
  const { room } = await blocker.run("direct.open", { nickname: "막힌이" });
  const { block } = await blocker.run("member.block", { roomId: room.id, memberId: await partnerOf(blocker, room.id) });
  expect(block).toMatchObject({ name: "막힌이" });
});

test("blocks written elsewhere reach the rooms when they are told of", async () => {
  const [one, two] = await pair();
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  await world.identity.block(one.accountId, two.accountId, { avatarSeed: "x" });
  await node.rooms.refreshPosting(one.accountId, two.accountId);
  expect(await codeOf(say(two, roomId))).toBe("room.posting_denied");
});
