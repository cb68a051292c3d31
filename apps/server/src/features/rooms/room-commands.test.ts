import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MembershipId, RoomId, RoomSummary } from "@maru/protocol";
import {
  codeOf,
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "./fixtures/rooms.fixture.ts";

let world: RoomsWorld;
let node: WorldNode;
beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
});
afterAll(() => world.close());

/** Devices of new people, one each. */
async function people(count: number): Promise<WorldConnection[]> {
  return (await world.newAccounts(count)).map((accountId) => world.connect(node, accountId));
}

async function named(nickname: string): Promise<WorldConnection> {
  return world.connect(node, (await world.newAccount(nickname)).accountId);
}

const say = (device: WorldConnection, roomId: RoomId, text = "말") =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text });
const roomOf = async (device: WorldConnection, roomId: RoomId) => (await device.run("room.get", { roomId })).room;
const listed = async (device: WorldConnection, input = {}) => (await device.run("room.list", input)).rooms;
const unread = (room: RoomSummary) => room.lastOrd - room.readOrd;
const nowhere = `room_${"0".repeat(32)}` as RoomId;

test("two people have one direct room, however many times and from both sides at once it is opened", async () => {
  const [hana, duri] = [await named("하나둘"), await named("둘하나")];
  const other = await world.openNode();
  const opened = await Promise.all(
    Array.from({ length: 10 }, (_, i) => {
      const device = i % 2 === 0 ? hana : world.connect(other, duri.accountId);
      return device.run("direct.open", { nickname: i % 2 === 0 ? "둘하나" : " 하나 둘 " });
    }),
  );
  expect(new Set(opened.map(({ room }) => room.id)).size).toBe(1);
  const room = opened[0]?.room as RoomSummary;
  expect(room.members.map(({ name }) => name).sort()).toEqual(["둘하나", "하나둘"]);
  expect(room).toMatchObject({ kind: "direct", canPost: true, hidden: false, lastSeq: 0 });
});

test("nobody is found who is not there, and nobody opens a room with themselves", async () => {
  const solo = await named("홀로");
  expect(await codeOf(solo.run("direct.open", { nickname: "아무개없음" }))).toBe("nickname.not_found");
  expect(await codeOf(solo.run("direct.open", { nickname: "홀로" }))).toBe("direct.self");
  expect(await codeOf(solo.run("direct.open", { nickname: "\u0000" }))).toBe("nickname.not_found");
});

test("the other side sees a direct room when the first message is there", async () => {
  const [opener, other] = [await named("여는이"), await named("받는이")];
  const { room } = await opener.run("direct.open", { nickname: "받는이" });
  expect(await listed(other)).toEqual([]);
  await say(opener, room.id);
  const [seen] = await listed(other);
  expect(seen).toMatchObject({ id: room.id, hidden: false, lastSeq: 1 });
  const push = await other.expectPush("membership.changed");
  expect(push.room).toMatchObject({ id: room.id, hidden: false });
  expect(push.accountRev).toBe(1);
});

test("leaving a direct room puts it away, read, until something is said; again changes nothing", async () => {
  const [one, two] = [await named("떠남"), await named("남음")];
  const { room } = await one.run("direct.open", { nickname: "남음" });
  await say(two, room.id);
  await one.run("membership.update", { roomId: room.id, pinned: true });
  const left = await one.run("room.leave", { roomId: room.id });
  expect(left.room).toMatchObject({ hidden: true, pinned: false, membership: "active", readSeq: 1, readOrd: 1 });
  expect((await one.run("room.leave", { roomId: room.id })).room).toEqual(left.room);
  expect(await listed(one)).toEqual([]);
  expect(await listed(two)).toHaveLength(1);
  await say(two, room.id, "돌아와");
  const [again] = await listed(one);
  expect(again).toMatchObject({ id: room.id, hidden: false });
  expect(unread(again as RoomSummary)).toBe(1);
  const told = await one.expectPush(
    "membership.changed",
    ({ room: changed }) => !changed.hidden && changed.lastSeq === 2,
  );
  expect(told.accountRev).toBe(told.room.accountRev);
});

test("opening a direct room that one put away shows it again", async () => {
  const [one] = [await named("다시"), await named("또다시")];
  const { room } = await one.run("direct.open", { nickname: "또다시" });
  await one.run("room.leave", { roomId: room.id });
  expect((await one.run("direct.open", { nickname: "또다시" })).room).toMatchObject({ id: room.id, hidden: false });
  expect(await listed(one)).toHaveLength(1);
});

test("leaving a match ends it for both: the other is told and reads on, the leaver reads no more", async () => {
  const [stayer, leaver] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, stayer.accountId, leaver.accountId);
  await say(leaver, roomId, "안녕");
  const rooms = [{ roomId, mode: "open" as const }];
  await Promise.all([stayer.run("room.watch", { rooms }), leaver.run("room.watch", { rooms })]);
  const { room } = await leaver.run("room.leave", { roomId });
  expect(room).toMatchObject({ membership: "left", canPost: false });
  expect(room.lastMessage).toBeUndefined();
  const pushed = [
    await stayer.expectPush("member.left"),
    await stayer.expectPush("room.updated"),
    await stayer.expectPush("message.sent", ({ message }) => message.kind === "system"),
  ];
  expect(pushed.map(({ rev }) => rev)).toEqual([3, 4, 5]);
  expect(pushed[1]).toMatchObject({ room: { state: "closed" } });
  expect(pushed[2]).toMatchObject({ message: { system: { event: "member.left", memberId: room.selfId } } });
  expect(leaver.received.filter((push) => push.push === "room.updated")).toEqual([]);
  expect(await codeOf(say(stayer, roomId))).toBe("room.closed");
  expect(await codeOf(say(leaver, roomId))).toBe("room.not_found");
  expect(await codeOf(leaver.run("room.get", { roomId }))).toBe("room.not_found");
  expect(await listed(leaver)).toEqual([]);
  expect(await listed(stayer)).toMatchObject([{ id: roomId, state: "closed", canPost: false }]);
  expect((await leaver.run("room.leave", { roomId })).room).toEqual(room);
  expect(await codeOf((await people(1))[0]?.run("room.leave", { roomId }) as Promise<unknown>)).toBe("room.not_found");
  expect((await roomOf(stayer, roomId)).rev).toBe(5);
});

test("who leaves a match that a block has ended is gone in the other one's list, live and afresh", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  const { selfId, members } = await roomOf(two, roomId);
  const memberId = members.find(({ id }) => id !== selfId)?.id as MembershipId;
  await two.run("member.block", { roomId, memberId });
  await one.run("room.leave", { roomId });
  const isGone = (room: RoomSummary) => room.id === roomId && room.members.some(({ state }) => state === "left");
  await two.expectPush("membership.changed", ({ room }) => isGone(room));
  expect(isGone(await roomOf(two, roomId))).toBe(true);
});

test("one may still take back what one said in a room that has ended", async () => {
  const [stayer, leaver] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, stayer.accountId, leaver.accountId);
  const { message } = await say(stayer, roomId);
  await leaver.run("room.leave", { roomId });
  expect(await codeOf(stayer.run("message.edit", { roomId, seq: message.seq, text: "x" }))).toBe("room.closed");
  expect((await stayer.run("message.delete", { roomId, seq: message.seq })).message.deletedAt).toBeString();
});

test("unread is arithmetic: others' messages after the cursor, system lines never, one's own never", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  expect(unread(await roomOf(one, roomId))).toBe(0);
  for (let i = 0; i < 3; i++) await say(two, roomId);
  expect([unread(await roomOf(one, roomId)), unread(await roomOf(two, roomId))]).toEqual([3, 0]);
  expect(await one.run("room.read", { roomId, seq: 3 })).toEqual({ readSeq: 3, readOrd: 2 });
  expect(unread(await roomOf(one, roomId))).toBe(1);
  expect(await one.run("room.read", { roomId, seq: 2 })).toEqual({ readSeq: 3, readOrd: 2 });
  expect(await one.run("room.read", { roomId, seq: 2_000_000 })).toEqual({ readSeq: 4, readOrd: 3 });
  await say(one, roomId);
  expect([unread(await roomOf(one, roomId)), unread(await roomOf(two, roomId))]).toEqual([0, 1]);
  const { message } = await say(one, roomId);
  await one.run("message.delete", { roomId, seq: message.seq });
  expect(unread(await roomOf(two, roomId))).toBe(1);
});

test("a read cursor is told to the reader's devices alone, and takes no number of the room", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  const phone = world.connect(node, one.accountId);
  await say(two, roomId);
  const before = await roomOf(two, roomId);
  await one.run("room.read", { roomId, seq: 2 });
  const push = await phone.expectPush("membership.changed", ({ room }) => room.readSeq === 2);
  const again = await one.run("room.read", { roomId, seq: 2 });
  expect(again).toEqual({ readSeq: 2, readOrd: 1 });
  expect(await roomOf(two, roomId)).toEqual(before);
  expect((await roomOf(one, roomId)).accountRev).toBe(push.accountRev);
});

test("a stranger moves no cursor and changes no setting", async () => {
  const [one, two, stranger] = (await people(3)) as [WorldConnection, WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  for (const id of [roomId, nowhere]) {
    expect(await codeOf(stranger.run("room.read", { roomId: id, seq: 1 }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("membership.update", { roomId: id, muted: true }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("room.changes", { roomId: id, epoch: "", rev: 0 }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("room.get", { roomId: id }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("room.leave", { roomId: id }))).toBe("room.not_found");
  }
});

test("how one's list shows a room is changed, told to one's devices, and takes no number when nothing changes", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  const phone = world.connect(node, one.accountId);
  const update = () => one.run("membership.update", { roomId, pinned: true, muted: true, markedUnread: true });
  const { room } = await update();
  expect(room).toMatchObject({ pinned: true, muted: true, markedUnread: true, archived: false });
  expect((await phone.expectPush("membership.changed", ({ room: told }) => told.pinned)).room).toEqual(room);
  expect((await update()).room).toEqual(room);
  expect((await roomOf(two, roomId)).pinned).toBe(false);
  await one.run("room.read", { roomId, seq: 1 });
  expect((await roomOf(one, roomId)).markedUnread).toBe(false);
  const off = await one.run("membership.update", { roomId, pinned: false, archived: true });
  expect(off.room).toMatchObject({ pinned: false, archived: true, accountRev: room.accountRev + 2 });
  expect([await listed(one), (await listed(one, { archived: true })).length]).toEqual([[], 1]);
});

test("the list has pinned rooms first, then unread ones, then the latest; pages join without hole or double", async () => {
  const [self, ...others] = (await people(13)) as [WorldConnection, ...WorldConnection[]];
  const rooms: RoomId[] = [];
  for (const other of others) rooms.push(await world.newMatch(node, self.accountId, other.accountId));
  for (const [i, roomId] of rooms.entries()) await say(i % 3 === 0 ? (others[i] as WorldConnection) : self, roomId);
  for (const i of [4, 9]) await self.run("membership.update", { roomId: rooms[i] as RoomId, pinned: true });
  const expected = [9, 4, 6, 3, 0, 11, 10, 8, 7, 5, 2, 1].map((i) => rooms[i] as RoomId);
  const pinnedUnread = expected.indexOf(rooms[9] as RoomId);
  expect(pinnedUnread).toBe(0);
  const whole = (await listed(self, { limit: 100 })).map(({ id }) => id);
  expect(whole).toEqual(expected);
  const paged: RoomId[] = [];
  let cursor: string | undefined;
  do {
    const page = await self.run("room.list", { limit: 5, ...(cursor === undefined ? {} : { cursor }) });
    paged.push(...page.rooms.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(paged).toEqual(expected);
});

test("a cursor of nobody's making is refused", async () => {
  const [self] = (await people(1)) as [WorldConnection];
  for (const cursor of ["x", "MS4x", Buffer.from("1.1.1'; --.00").toString("base64url"), "가"]) {
    expect(await codeOf(self.run("room.list", { cursor }))).toBe("request.invalid");
  }
});

test("who leaves a large room is told by the name they had there, and the others go on", async () => {
  const all = await people(9);
  const { roomId, memberIds } = await world.newGroup(all.map((device) => device.accountId));
  const [stayer, leaver] = [all[0], all[8]] as [WorldConnection, WorldConnection];
  await stayer.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  await leaver.run("room.leave", { roomId });
  const { member } = await stayer.expectPush("member.left");
  expect(member).toMatchObject({ id: memberIds[8], state: "left", alias: { adjective: 8, noun: 8 } });
  expect((await say(stayer, roomId)).message.seq).toBe(2);
  expect((await roomOf(stayer, roomId)).members).toHaveLength(5);
});

test("a room that is closed is told to all, read on, and written to no more; again changes nothing", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  await one.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  await node.rooms.closeRoom(roomId.slice(5));
  expect((await one.expectPush("room.updated")).room).toMatchObject({ state: "closed", rev: 2 });
  expect((await one.expectPush("message.sent")).message.system).toEqual({ event: "room.closed" });
  expect((await two.expectPush("membership.changed", ({ room }) => room.state === "closed")).room.canPost).toBe(false);
  await node.rooms.closeRoom(roomId.slice(5));
  expect(await codeOf(say(two, roomId))).toBe("room.closed");
  expect((await roomOf(two, roomId)).rev).toBe(3);
});
