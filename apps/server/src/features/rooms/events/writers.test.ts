import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromWireId, type MembershipId, type RoomId } from "@maru/protocol";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";

/** Statements that give rooms a rev, and who drives them below. */
const writers: Record<string, readonly string[]> = {
  "members/store-endings.ts › updateRoom": ["join", "leave", "close", "block under an alias"],
  "members/store-erasing.ts › forgetMember": ["erase"],
  "members/store-erasing.ts › removeMessages": ["erase"],
  "members/store-renaming.ts › markMembersChanged": ["rename"],
  "migrations/003-pauses.sql › rooms_amend": ["edit", "delete"],
  "migrations/007-message-extras.sql › rooms_append": ["send"],
  "store-rooms.ts › insertRoomRows": ["open a direct room", "match"],
};
/** Statements of functions that a later migration replaced. */
const replaced = [
  "migrations/002-write-path.sql › rooms_amend",
  "migrations/002-write-path.sql › rooms_append",
  "migrations/003-pauses.sql › rooms_append",
  "migrations/004-send-key.sql › rooms_append",
];

const change = /\bupdate\s+rooms_rooms\s+(?:(?:as\s+)?\w+\s+)?set\b([\s\S]*?)(?:\bwhere\b|\bfrom\b(?!\s*pg)|`|;)/gi;
const insertion = /\binsert\s+into\s+rooms_rooms\b/gi;
const functions = { sql: /\bcreate (?:or replace )?function\s+(\w+)/gm, ts: /\bfunction\s+(\w+)\s*[(<]/gm };

/** Finds the statements of a file that give rooms a rev, by the function that they stand in. */
function findWriters(path: string, text: string): string[] {
  const owners = [...text.matchAll(functions[path.endsWith(".sql") ? "sql" : "ts"])];
  const ownerAt = (at: number) => owners.findLast(({ index }) => index < at)?.[1] ?? "nobody";
  const updates = [...text.matchAll(change)].filter(([, set = ""]) => /\brev\s*=/.test(set));
  return [...updates, ...text.matchAll(insertion)].map(({ index }) => `${path} › ${ownerAt(index)}`);
}

let world: RoomsWorld;
let node: WorldNode;
beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode({
    isWorker: false,
    consumers: [{ name: "all", kinds: ["direct", "match", "group"], aspect: "change", take: async () => {} }],
  });
});
afterAll(() => world.close());

type Noted = { from: number; to: number; rev: number };

/** What is noted of a room since this was asked last, and where the room stands. */
async function takeNoted(roomId: RoomId): Promise<Noted> {
  const [row] = await world.adminSql<{ from_rev: number; noted: number; rev: number }[]>`
    with noted as (delete from rooms_pending where room_id = ${fromWireId(roomId)} returning from_rev, rev)
    select n.from_rev, n.rev as noted, r.rev from rooms_rooms r left join noted n on true
    where r.id = ${fromWireId(roomId)}`;
  return { from: row?.from_rev ?? -1, to: row?.noted ?? -1, rev: row?.rev ?? -1 };
}

/** Does something to a room and expects all of it to be noted in the same transaction, and nothing of before. */
async function expectNoted(roomId: RoomId, work: () => Promise<unknown>): Promise<void> {
  const before = await takeNoted(roomId);
  await work();
  const { from, to, rev } = await takeNoted(roomId);
  expect(rev).toBeGreaterThan(before.rev);
  expect({ from, to }).toEqual({ from: before.rev, to: rev });
}

async function people(count: number): Promise<WorldConnection[]> {
  return (await world.newAccounts(count)).map((accountId) => world.connect(node, accountId));
}
const say = (device: WorldConnection, roomId: RoomId) =>
  device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });

test("every statement that gives a room a rev is driven below", async () => {
  const root = join(import.meta.dir, "..");
  const found: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    if (!/\.(ts|sql)$/.test(name) || /\.(test|fixture)\.ts$/.test(name)) continue;
    found.push(...findWriters(name.replaceAll("\\", "/"), await readFile(join(root, name), "utf8")));
  }
  expect([...new Set(found)].sort()).toEqual([...Object.keys(writers), ...replaced].sort());
});

test("a new writer is found, in TypeScript as in SQL", () => {
  const typescript =
    "export async function pinMessage(tx) {\n  await tx`\n    update rooms_rooms r set rev = r.rev + 1 where 1`;\n}";
  const quiet = "export async function hide(tx) {\n  await tx`update rooms_rooms set has_hidden = true where 1`;\n}";
  const sql = "create function rooms_react() as $$ update rooms_rooms r\n set last_ord = 1, rev = 2 from x; $$;";
  expect([findWriters("a.ts", typescript), findWriters("b.ts", quiet), findWriters("c.sql", sql)]).toEqual([
    ["a.ts › pinMessage"],
    [],
    ["c.sql › rooms_react"],
  ]);
});

test("what people say, change and take back", async () => {
  const [one] = (await people(2)) as [WorldConnection];
  const { roomId } = await world.newGroup([one.accountId, ...(await world.newAccounts(1))]);
  expect(await takeNoted(roomId)).toEqual({ from: 0, to: 1, rev: 1 });
  await expectNoted(roomId, () => Promise.all([say(one, roomId), say(one, roomId), say(one, roomId)]));
  await expectNoted(roomId, () => one.run("message.edit", { roomId, seq: 1, text: "고친 말" }));
  await expectNoted(roomId, () => one.run("message.delete", { roomId, seq: 1 }));
});

test("who comes, goes and is called otherwise", async () => {
  const [one, two, third] = (await people(3)) as [WorldConnection, WorldConnection, WorldConnection];
  const { roomId } = await world.newGroup([one.accountId, two.accountId]);
  const joiner = { accountId: third.accountId, roomId: fromWireId(roomId), alias: { adjective: 3, noun: 3 } };
  await expectNoted(roomId, () => node.rooms.joinRoom(joiner));
  await expectNoted(roomId, () => two.run("room.leave", { roomId }));
  await expectNoted(roomId, () => node.rooms.closeRoom(fromWireId(roomId)));
  const [left, right] = [await world.newAccount(), await world.newAccount()];
  const opener = world.connect(node, left.accountId);
  const { room: direct } = await opener.run("direct.open", { nickname: right.nickname });
  expect(await takeNoted(direct.id)).toEqual({ from: 0, to: 1, rev: 1 });
  await say(opener, direct.id);
  await expectNoted(direct.id, () => node.rooms.publishRename(left.accountId));
});

test("matches that are made, blocked and closed, and people who are erased", async () => {
  const [one, two] = (await people(2)) as [WorldConnection, WorldConnection];
  const roomId = await world.newMatch(node, one.accountId, two.accountId);
  expect(await takeNoted(roomId)).toEqual({ from: 0, to: 1, rev: 1 });
  await say(two, roomId);
  const { room } = await one.run("room.get", { roomId });
  const memberId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
  await expectNoted(roomId, () => one.run("member.block", { roomId, memberId }));
  await expectNoted(roomId, () => node.rooms.eraseAccount(two.accountId, { messages: "remove" }));
});

test("a change that is rolled back is noted no more than it happened", async () => {
  const { roomId } = await world.newGroup(await world.newAccounts(2));
  await takeNoted(roomId);
  const undone = new Error("undone");
  const closing = node.db.transaction(async (tx) => {
    await node.rooms.closeRoomIn(tx, fromWireId(roomId));
    throw undone;
  });
  await expect(closing).rejects.toBe(undone);
  expect(await takeNoted(roomId)).toEqual({ from: -1, to: -1, rev: 1 });
});
