import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RoomId, usualAccountLimits } from "@maru/protocol";
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
let [alice, bob, carol]: WorldConnection[] = [];
let roomId: RoomId;

beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
  const [a = "", b = "", c = ""] = await world.newAccounts(3);
  [alice, bob, carol] = [a, b, c].map((accountId) => world.connect(node, accountId));
  ({ roomId } = await world.newGroup([a, b]));
});
afterAll(() => world.close());

const who = (name: "alice" | "bob" | "carol") => ({ alice, bob, carol })[name] as WorldConnection;
const say = (name: "alice" | "bob" | "carol", text: string, key = newKey(), room = roomId) =>
  who(name).run("message.send", { roomId: room, clientMessageId: key, text });
const nowhere = `room_${"0".repeat(32)}` as RoomId;

test("a message is told to its sender and to those who watch, with the same content", async () => {
  await who("bob").run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  const { message } = await say("alice", "안녕 👋\r\n둘째 줄\r끝");
  expect(message).toMatchObject({ kind: "text", text: "안녕 👋\n둘째 줄\n끝" });
  const push = await who("bob").expectPush("message.sent", ({ rev }) => rev === message.rev);
  expect(push.message).toEqual(message);
});

test("messages are written, repeated and read while others hold every connection that is not reserved", async () => {
  await who("bob").run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  const release = Promise.withResolvers<void>();
  const holding = Array.from({ length: 200 }, () => node.db.transaction(() => release.promise));
  const key = newKey();
  const { message } = await say("alice", "기다리지 않아요", key);
  expect((await say("alice", "기다리지 않아요", key)).message).toEqual(message);
  await who("bob").expectPush("message.sent", ({ rev }) => rev === message.rev);
  expect(await who("bob").run("room.read", { roomId, seq: message.seq })).toMatchObject({ readSeq: message.seq });
  release.resolve();
  await Promise.all(holding);
});

test("the same key again is the same message, whoever answers and whatever it says now", async () => {
  const key = newKey();
  const first = await say("alice", "하나", key);
  const other = await world.openNode();
  const elsewhere = world.connect(other, who("alice").accountId);
  const again = await Promise.all([
    ...Array.from({ length: 5 }, () => say("alice", "둘", key)),
    ...Array.from({ length: 5 }, () => elsewhere.run("message.send", { roomId, clientMessageId: key, text: "셋" })),
  ]);
  for (const { message } of again) expect(message).toEqual(first.message);
  const { message: next } = await say("alice", "다음");
  expect(next.seq).toBe(first.message.seq + 1);
});

test("ten sends of one new key at once over two nodes are one row and ten identical replies", async () => {
  const other = await world.openNode();
  const devices = [who("bob"), world.connect(other, who("bob").accountId)];
  const key = newKey();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      (devices[i % 2] as WorldConnection).run("message.send", { roomId, clientMessageId: key, text: "한 번" }),
    ),
  );
  expect(new Set(answers.map(({ message }) => JSON.stringify(message))).size).toBe(1);
  const rows = await node.db.sql`select 1 from rooms_messages where client_message_id = ${key}`;
  expect(rows).toHaveLength(1);
});

test("sends of one connection keep their order without waiting for each other", async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => say("alice", `${i}`)));
  const seqs = answers.map(({ message }) => message.seq);
  expect(seqs).toEqual(Array.from({ length: 300 }, (_, i) => (seqs[0] ?? 0) + i));
});

test("two people may use the same key", async () => {
  const key = newKey();
  const [one, two] = [await say("alice", "a", key), await say("bob", "b", key)];
  expect(two.message.seq).toBe(one.message.seq + 1);
});

test("a room that one is not in answers as one that does not exist, on every command", async () => {
  const stranger = who("carol");
  for (const room of [roomId, nowhere]) {
    expect(await codeOf(say("carol", "hi", newKey(), room))).toBe("room.not_found");
    expect(await codeOf(stranger.run("message.edit", { roomId: room, seq: 1, text: "x" }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("message.delete", { roomId: room, seq: 1 }))).toBe("room.not_found");
    expect(await codeOf(stranger.run("message.list", { roomId: room }))).toBe("room.not_found");
  }
});

test("bad input is refused at the door and loses nothing", async () => {
  expect(await codeOf(say("alice", " \n\u200b\u3164 "))).toBe("message.empty");
  expect(await codeOf(say("alice", ""))).toBe("message.empty");
  expect(await codeOf(say("alice", "가".repeat(usualAccountLimits.messageCharacters + 1)))).toBe("message.too_long");
  expect(await codeOf(say("alice", "a\u0000b"))).toBe("request.invalid");
  expect(await codeOf(say("alice", "a\ud800b"))).toBe("request.invalid");
  expect(await codeOf(say("alice", "x", "short"))).toBe("request.invalid");
  const { message } = await say("alice", "👋".repeat(usualAccountLimits.messageCharacters));
  for (const text of ["a\u0000", "\udc00"]) {
    expect(await codeOf(who("alice").run("message.edit", { roomId, seq: message.seq, text }))).toBe("request.invalid");
  }
  expect(await codeOf(who("alice").run("message.edit", { roomId, seq: -1, text: "x" }))).toBe("request.invalid");
});

test("one's own message is changed for everybody; again changes nothing", async () => {
  const { message } = await say("alice", "처음");
  const edit = () => who("alice").run("message.edit", { roomId, seq: message.seq, text: "나중" });
  const { message: edited } = await edit();
  expect(edited).toMatchObject({ seq: message.seq, rev: message.rev + 1, text: "나중" });
  expect(edited.editedAt).toBeString();
  expect((await who("bob").expectPush("message.edited", ({ rev }) => rev === edited.rev)).message).toEqual(edited);
  expect((await edit()).message).toEqual(edited);
  expect((await who("bob").run("room.get", { roomId })).room.rev).toBe(edited.rev);
});

test("nobody changes or deletes the message of another", async () => {
  const { message } = await say("alice", "내 것");
  expect(await codeOf(who("bob").run("message.edit", { roomId, seq: message.seq, text: "x" }))).toBe(
    "message.not_yours",
  );
  expect(await codeOf(who("bob").run("message.delete", { roomId, seq: message.seq }))).toBe("message.not_yours");
  expect(await codeOf(who("alice").run("message.edit", { roomId, seq: 1_000_000, text: "x" }))).toBe(
    "message.not_found",
  );
});

test("a deleted message leaves a tombstone and its body is never told again", async () => {
  const key = newKey();
  const { message } = await say("alice", "비밀이야", key);
  const remove = () => who("alice").run("message.delete", { roomId, seq: message.seq });
  const { message: gone } = await remove();
  expect(gone.text).toBeUndefined();
  expect((await who("bob").expectPush("message.deleted", ({ rev }) => rev === gone.rev)).message).toEqual(gone);
  expect((await remove()).message).toEqual(gone);
  expect((await say("alice", "비밀이야", key)).message).toEqual(gone);
  expect(await codeOf(who("alice").run("message.edit", { roomId, seq: message.seq, text: "x" }))).toBe(
    "message.deleted",
  );
  const page = await who("bob").run("message.list", { roomId });
  expect(JSON.stringify(page)).not.toContain("비밀이야");
  const [row] = await node.db.sql`select text from rooms_messages where client_message_id = ${key}`;
  expect(row.text).toBeNull();
});

test("history comes by pages in every direction, ascending, with where it ends", async () => {
  const fresh = await world.newGroup([who("alice").accountId]);
  const list = (input: object) => who("alice").run("message.list", { roomId: fresh.roomId, limit: 10, ...input });
  const seqs = async (input: object) => (await list(input)).messages.map(({ seq }) => seq);
  const span = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
  expect(await list({})).toMatchObject({ messages: [], hasOlder: false, hasNewer: false, rev: 1 });
  for (let i = 0; i < 25; i++) await say("alice", `${i}`, newKey(), fresh.roomId);
  expect(await seqs({})).toEqual(span(16, 25));
  expect(await seqs({ before: 16 })).toEqual(span(6, 15));
  expect(await seqs({ before: 4 })).toEqual(span(1, 3));
  expect(await seqs({ before: 900 })).toEqual(span(16, 25));
  expect(await seqs({ after: 20 })).toEqual(span(21, 25));
  expect(await seqs({ after: 25 })).toEqual([]);
  expect(await seqs({ around: 12 })).toEqual(span(7, 16));
  expect(await list({ before: 11 })).toMatchObject({ hasOlder: false, hasNewer: true, rev: 26 });
  expect(await list({ after: 15 })).toMatchObject({ hasOlder: true, hasNewer: false });
  expect(await list({ after: 25 })).toMatchObject({ hasOlder: true, hasNewer: false });
  expect(await list({ before: 1 })).toMatchObject({ messages: [], hasOlder: false, hasNewer: true });
});

test("history starts at a time", async () => {
  const fresh = await world.newGroup([who("alice").accountId]);
  for (let i = 0; i < 9; i++) await say("alice", `${i}`, newKey(), fresh.roomId);
  await node.db.sql`
    update rooms_messages set sent_at = '2026-01-01T00:00:00Z'::timestamptz + seq * interval '1 day'
    where room_id = ${fresh.roomId.slice(5)}`;
  const from = async (at: string) =>
    (await who("alice").run("message.list", { roomId: fresh.roomId, from: at })).messages.map(({ seq }) => seq);
  expect(await from("2026-01-06T00:00:00.000Z")).toEqual([5, 6, 7, 8, 9]);
  expect(await from("2020-01-06T00:00:00.000Z")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await from("2027-01-06T00:00:00.000Z")).toEqual([]);
});

test("too many sends are refused with when to come back; a repeat is answered all the same", async () => {
  const slow = await world.openNode({ accountLimits: { sendsPerSecond: 0.001, sendsBurst: 2 } });
  const device = world.connect(slow, who("alice").accountId);
  const key = newKey();
  const send = (clientMessageId: string) => device.run("message.send", { roomId, clientMessageId, text: "빨리" });
  const [first] = [await send(key), await send(newKey())];
  const refused = await send(newKey()).catch((error) => error);
  expect(refused).toMatchObject({ code: "rate.limited", temporary: true });
  expect(refused.retryAfterMs).toBeGreaterThan(0);
  expect((await send(key)).message).toEqual((first as Awaited<ReturnType<typeof send>>).message);
});

test("nothing that is pushed or answered names an account", async () => {
  const { roomId: match } = { roomId: await world.newMatch(node, who("alice").accountId, who("bob").accountId) };
  await who("alice").run("room.watch", { rooms: [{ roomId: match, mode: "open" }] });
  await say("bob", "누구세요", newKey(), match);
  const told = [
    await who("alice").run("room.list", {}),
    await who("alice").run("room.get", { roomId: match }),
    await who("alice").run("message.list", { roomId: match }),
    await who("alice").run("account.sync", { parts: { rooms: null, matching: null } }),
    await who("alice").run("account.sync", { rooms: [{ roomId: match, epoch: "", rev: 0 }] }),
    await who("alice").run("room.changes", { roomId: match, epoch: "", rev: 0 }),
    who("alice").received,
  ];
  const text = JSON.stringify(told);
  for (const { accountId } of [who("alice"), who("bob")]) expect(text).not.toContain(accountId);
  expect(text).not.toContain("acc_");
});
