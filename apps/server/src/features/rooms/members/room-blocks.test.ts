import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BlockId, fromWireId, type MembershipId, type Push, type RoomId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  codeOf,
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import { recountUnread } from "../index.ts";

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

const say = (device: WorldConnection, roomId: RoomId, text = "말") =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text });
const partnerOf = async (device: WorldConnection, roomId: RoomId): Promise<MembershipId> => {
  const { room } = await device.run("room.get", { roomId });
  return room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
};

/** A room of people who know each other, in which both have written. */
async function friends(): Promise<{ one: WorldConnection; two: WorldConnection; roomId: RoomId }> {
  const [left, right] = [await world.newAccount(), await world.newAccount()];
  const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
  const { room } = await one.run("direct.open", { nickname: right.nickname });
  await say(one, room.id);
  await say(two, room.id);
  return { one, two, roomId: room.id };
}
const block = async (device: WorldConnection, roomId: RoomId) =>
  (await device.run("member.block", { roomId, memberId: await partnerOf(device, roomId) })).block;
const summaryOf = async (device: WorldConnection, roomId: RoomId) => (await device.run("room.get", { roomId })).room;
const textsOf = async (device: WorldConnection, roomId: RoomId) =>
  (await device.run("message.list", { roomId })).messages.map(({ text }) => text);
const open = (device: WorldConnection, roomId: RoomId) =>
  device.run("room.watch", { rooms: [{ roomId, mode: "open", epoch: "none", rev: 0 }] });
/** What a device is pushed of a room from now on. */
function hearing(device: WorldConnection, roomId: RoomId): () => Push[] {
  const before = device.received.length;
  return () => device.received.slice(before).filter((push) => JSON.stringify(push).includes(roomId));
}

describe("under an alias", () => {
  test("a block ends that room for both and is listed under the alias; again is the same block", async () => {
    const [one, two] = await pair();
    const roomId = await world.newMatch(node, one.accountId, two.accountId);
    const made = await block(one, roomId);
    expect(made).toMatchObject({ alias: { adjective: 2, noun: 2 } });
    expect(made.name).toBeUndefined();
    for (const device of [one, two]) {
      expect(await codeOf(say(device, roomId))).toBe("room.closed");
      await device.expectPush("membership.changed", ({ room }) => room.id === roomId && !room.canPost);
    }
    expect((await one.run("block.list", {})).blocks).toEqual([made]);
    expect((await two.run("block.list", {})).blocks).toEqual([]);
    expect(await block(one, roomId)).toEqual(made);
  });

  test("nothing else of the two changes: not their direct room, not another match", async () => {
    const { one, two, roomId: direct } = await friends();
    const [first, second] = [
      await world.newMatch(node, one.accountId, two.accountId),
      await world.newMatch(node, one.accountId, two.accountId),
    ];
    await Promise.all([open(one, direct), open(two, direct), open(one, second), open(two, second)]);
    const memberId = await partnerOf(one, first);
    // The count of readers that an opening asks for comes a moment later, and is no effect of the block.
    const isCounted = (device: WorldConnection, roomId: RoomId) =>
      device.received.some((push) => push.push === "readers.counted" && push.roomId === roomId);
    await eventually("readers are counted", () =>
      [one, two].every((device) => isCounted(device, direct) && isCounted(device, second)),
    );
    const heard = [one, two].flatMap((device) => [hearing(device, direct), hearing(device, second)]);
    await one.run("member.block", { roomId: first, memberId });
    expect(heard.flatMap((tell) => tell())).toEqual([]);
    for (const device of [one, two]) for (const roomId of [direct, second]) await say(device, roomId);
    expect((await textsOf(one, direct)).length).toBe(4);
    // Blocked twice under two aliases, the list does not say that they are one person.
    const other = await block(one, second);
    const { blocks } = await one.run("block.list", {});
    expect(blocks.map(({ avatarSeed }) => avatarSeed)).toHaveLength(
      new Set(blocks.map((each) => each.avatarSeed)).size,
    );
    await one.run("block.remove", { blockId: other.id });
    expect(await codeOf(say(one, second))).toBe("room.closed");
  });

  test("two who block each other at the time they are matched cannot post there", async () => {
    const [one, two] = await pair();
    await block(one, await world.newMatch(node, one.accountId, two.accountId));
    const second = await world.newMatch(node, one.accountId, two.accountId);
    expect(await codeOf(say(two, second))).toBe("room.posting_denied");
  });

  test("who has left can block whom they met there", async () => {
    const [one, two] = await pair();
    const roomId = await world.newMatch(node, one.accountId, two.accountId);
    const memberId = await partnerOf(one, roomId);
    await one.run("room.leave", { roomId });
    const { block: made } = await one.run("member.block", { roomId, memberId });
    expect(made).toMatchObject({ alias: { adjective: 2, noun: 2 } });
    expect(await world.identity.isBlockedBetween(one.accountId, two.accountId)).toBe(true);
  });
});

describe("of a person", () => {
  test("the blocked one is answered as ever; the blocker's room stands still and never shows what was said", async () => {
    const { one, two, roomId } = await friends();
    await Promise.all([open(one, roomId), open(two, roomId)]);
    const before = await summaryOf(one, roomId);
    const made = await block(one, roomId);
    expect(made.name).toBeDefined();
    await one.expectPush("membership.changed", ({ room }) => room.blocked === true && !room.canPost);
    const heard = hearing(one, roomId);
    const { message } = await say(two, roomId, "들려요?");
    expect(message.seq).toBe(3);
    await two.run("message.edit", { roomId, seq: 2, text: "고친 말" });
    await two.run("message.send", { roomId, clientMessageId: newKey(), text: "또" });
    expect((await textsOf(two, roomId)).at(-1)).toBe("또");
    const during = await summaryOf(one, roomId);
    expect(during).toMatchObject({
      lastSeq: before.lastSeq,
      activeAt: before.activeAt,
      rev: before.rev,
      canPost: false,
    });
    expect(during.lastOrd - during.readOrd).toBe(0);
    expect(during.lastMessage?.text).toBe("말");
    expect(await textsOf(one, roomId)).toEqual(["말", "말"]);
    expect((await one.run("room.list", {})).rooms.map(({ id }) => id)).toContain(roomId);
    const again = await open(one, roomId);
    expect(again.catchUps).toMatchObject([{ reset: true, toRev: before.rev, hasOlder: false }]);
    expect(await codeOf(say(one, roomId))).toBe("room.posting_denied");
    expect(heard()).toEqual([]);

    await one.run("block.remove", { blockId: made.id });
    await one.expectPush("membership.changed", ({ room }) => room.id === roomId && room.canPost);
    await one.expectPush("room.advanced", (push) => push.roomId === roomId);
    const caught = await one.run("room.changes", { roomId, epoch: before.epoch, rev: before.rev });
    expect(JSON.stringify(caught)).not.toMatch(/들려요|고친 말|또/);
    const after = await say(two, roomId, "이제는?");
    await one.expectPush("message.sent", (push) => push.message.seq === after.message.seq);
    expect(await textsOf(one, roomId)).toEqual(["말", "말", "이제는?"]);
    const unread = await summaryOf(one, roomId);
    // One that they had not read before the pause, and the one after it.
    expect(unread.lastOrd - unread.readOrd).toBe(2);
    const { messages } = await one.run("message.list", { roomId, before: after.message.seq, limit: 1 });
    expect(messages.map(({ seq }) => seq)).toEqual([2]);
    expect((await recountUnread(node.db)).faults).toEqual([]);
  });

  test("what was taken back during a pause is gone for the blocker as well", async () => {
    const { one, two, roomId } = await friends();
    const made = await block(one, roomId);
    await two.run("message.edit", { roomId, seq: 2, text: "고친 말" });
    expect(await textsOf(one, roomId)).toEqual(["말", "말"]);
    await two.run("message.delete", { roomId, seq: 2 });
    await one.run("block.remove", { blockId: made.id });
    expect(await textsOf(one, roomId)).toEqual(["말", undefined]);
  });

  test("what was edited during a pause leaves nothing of its text behind when its author is erased with it", async () => {
    const { one, two, roomId } = await friends();
    await two.run("message.edit", { roomId, seq: 2, text: "카나리아 하나" });
    await block(one, roomId);
    await two.run("message.edit", { roomId, seq: 2, text: "카나리아 둘" });
    await say(two, roomId, "카나리아 셋");
    expect(await textsOf(one, roomId)).toEqual(["말", "카나리아 하나"]);
    await node.rooms.departAccount(two.accountId);
    await node.rooms.eraseAccount(two.accountId, { messages: "remove" });
    const rows = await node.db.sql<{ row: string }[]>`
      select g::text as row from rooms_messages g where room_id = ${fromWireId(roomId)}`;
    expect(rows.filter(({ row }) => row.includes("카나리아"))).toEqual([]);
    expect(await textsOf(one, roomId)).toEqual(["말", undefined]);
    expect((await recountUnread(node.db)).faults).toEqual([]);
  });

  test("who blocks counts as one who has not read, whatever they open, also when they read on later", async () => {
    const { one, two, roomId } = await friends();
    const made = await block(one, roomId);
    await say(two, roomId);
    await one.run("room.read", { roomId, seq: 3 });
    await one.run("room.leave", { roomId });
    await open(two, roomId);
    expect((await two.expectPush("readers.counted")).steps.at(-1)).toEqual([2, 1]);
    await one.run("block.remove", { blockId: made.id });
    const { message } = await say(two, roomId);
    await one.run("room.read", { roomId, seq: message.seq });
    const counted = await two.expectPush(
      "readers.counted",
      ({ toSeq, steps }) => toSeq === 4 && steps.at(-1)?.[1] === 0,
    );
    expect(counted.steps).toEqual([
      [1, 0],
      [3, 1],
      [4, 0],
    ]);
  });

  test("opened by the blocked one after the block, the room is silent from its start", async () => {
    const [left, right] = [await world.newAccount(), await world.newAccount()];
    const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
    await world.identity.block(left.accountId, right.accountId, { avatarSeed: "x" });
    const { room } = await two.run("direct.open", { nickname: left.nickname });
    expect(room.canPost).toBe(true);
    await say(two, room.id);
    expect((await one.run("room.list", {})).rooms).toEqual([]);
    expect(one.received).toEqual([]);
  });

  test("of both sides, each ends for itself", async () => {
    const { one, two, roomId } = await friends();
    const [ones, twos] = [await block(one, roomId), await block(two, roomId)];
    expect((await recountUnread(node.db)).faults).toEqual([]);
    await one.run("block.remove", { blockId: ones.id });
    expect((await recountUnread(node.db)).faults).toEqual([]);
    expect(await codeOf(one.run("block.remove", { blockId: twos.id }))).toBe("block.not_found");
    await say(one, roomId, "혼잣말");
    expect(await codeOf(say(two, roomId))).toBe("room.posting_denied");
    await two.run("block.remove", { blockId: twos.id });
    expect(await textsOf(two, roomId)).toEqual(["말", "말"]);
    await say(two, roomId);
    expect(await codeOf(two.run("block.remove", { blockId: `blk_${"0".repeat(32)}` as BlockId }))).toBe(
      "block.not_found",
    );
  });

  test("a block and the opening of a room at the same moment end in what the blocks say", async () => {
    for (let i = 0; i < 12; i++) {
      const [left, right] = [await world.newAccount(`왼${i}쪽`), await world.newAccount(`오른${i}쪽`)];
      const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
      const [, { room }] = await Promise.all([
        world.identity
          .block(left.accountId, right.accountId, { avatarSeed: "x" })
          .then(() => node.rooms.refreshBlocks(left.accountId, right.accountId)),
        two.run("direct.open", { nickname: left.nickname }),
      ]);
      await say(two, room.id, "안 들려요");
      expect((await one.run("room.list", {})).rooms).toEqual([]);
    }
  });

  test("a node that was never told of the pause shows nothing of what is said in it", async () => {
    const hub = new FaultyHub();
    hub.lossRate = 0;
    const [near, far] = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
    const { one, two, roomId } = await friends();
    const [here, there] = [world.connect(near, one.accountId), world.connect(far, one.accountId)];
    const speaker = world.connect(near, two.accountId);
    await Promise.all([open(here, roomId), open(there, roomId)]);
    hub.lossRate = 1;
    await block(here, roomId);
    hub.lossRate = 0;
    const heard = hearing(there, roomId);
    await say(speaker, roomId, "안 들려요");
    await far.compare();
    expect(JSON.stringify(heard())).not.toContain("안 들려요");
  });
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

test("blocks written elsewhere reach the direct room when they are told of", async () => {
  const { one, two, roomId } = await friends();
  await world.identity.block(one.accountId, two.accountId, { avatarSeed: "x" });
  await node.rooms.refreshBlocks(one.accountId, two.accountId);
  expect(await codeOf(say(one, roomId))).toBe("room.posting_denied");
  await say(two, roomId);
});
