import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CommandName, commands, type RoomId, toWireId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { recountUnread } from "../apps/server/src/features/rooms/index.ts";
import { type MintedAccount, mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { profileGroupPolicy } from "../apps/server/src/testing/room-policies.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { RawSocket } from "./raw-person.ts";

/** What an installation with big groups holds: everybody is in every room. */
const [roomCount, peopleCount, messageCount] = [50, 10_000, 60];

/** Rows that a command may read, of whatever table or index; a page of the room list shows 50 rooms with what belongs to them. */
const mostRows = 2_500;

let database: TestDatabase;
let server: TestServer;
let self: MintedAccount;
let other: MintedAccount;
let socket: RawSocket;
let rooms: RoomId[];

beforeAll(async () => {
  database = await openTestDatabase();
  // One connection for all that the server asks, so that what it read is known as soon as it is asked for.
  server = await startTestServer({ database: { ...database, connect: () => database.connect({ poolSize: 1 }) } });
  server.app.rooms.registerPolicy("group", profileGroupPolicy);
  self = await mintAccount(database.db, "큰방사람");
  other = await mintAccount(database.db, "다른사람");
  await seed();
  const rows = await database.db.sql<{ id: string }[]>`select id from rooms_rooms order by id`;
  rooms = rows.map(({ id }) => toWireId("room", id));
  socket = await RawSocket.open(server.url, self.token);
  // Opening a room has its readers counted, once, a moment later: that reads the members of this one room.
  await socket.expectOk("room.watch", { rooms: [{ roomId: opened(), mode: "open" }] });
  await eventually("its readers are counted", () =>
    socket.pushes.some((push) => push.push === "readers.counted" && push.roomId === opened()),
  );
}, 120_000);
afterAll(async () => {
  socket?.close();
  await server?.stop();
  await database?.close();
});

/** Fills the database past the product's doors, which would take minutes. */
async function seed(): Promise<void> {
  await database.db.withoutDeadline(async (sql) => {
    await sql`
      insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
      select id, 'n' || i, id::text, md5(id::text), now() from (
        select i, uuidv7() as id from generate_series(3, ${peopleCount}::int) i
      ) p`;
    await sql`
      insert into rooms_rooms (id, kind, is_pair, shows_left_members, name, last_seq, last_ord, rev, member_count)
      select uuidv7(), 'group', false, false, 'room ' || i, ${messageCount}, ${messageCount}, ${messageCount}, ${peopleCount}
      from generate_series(1, ${roomCount}::int) i`;
    await sql`
      insert into rooms_members (id, room_id, account_id, rev, account_rev, read_seq, read_ord)
      select uuidv7(), r.id, a.id, 1, 1, ${messageCount - 5}, ${messageCount - 5}
      from rooms_rooms r, identity_accounts a order by r.id, a.id`;
    await sql`
      insert into rooms_messages (room_id, seq, rev, ord, kind, author_id, client_message_id, text, sent_at)
      select m.room_id, s, s, s, 'text', m.id, 'key-' || s, 'message ' || s, now()
      from rooms_members m, generate_series(1, ${messageCount}::int) s where m.account_id = ${self.accountId}`;
  });
}

/** Rows that Postgres has read for anybody in this database so far, of tables whole and by index. */
async function countRows(): Promise<number> {
  await server.db.sql`select pg_stat_force_next_flush()`;
  const [row] = await database.db.sql`
    select (select sum(seq_tup_read) from pg_stat_user_tables) + (select sum(idx_tup_read) from pg_stat_user_indexes) as n`;
  return Number(row.n);
}

type Room = () => RoomId;
const ask = (name: CommandName, d: unknown) => socket.expectOk(name, d as never);
const [first, opened, last] = [0, 1, -1].map((place) => () => rooms.at(place) as RoomId) as [Room, Room, Room];

/** What each command is asked, in this order; each answers with `ok`. */
const asked: Record<CommandName, () => Promise<unknown>> = {
  connect: async () => (await RawSocket.open(server.url, self.token)).close(),
  "auth.renew": () => ask("auth.renew", { token: self.token }),
  "connection.beat": () => ask("connection.beat", {}),
  "account.sync": () => ask("account.sync", { parts: { rooms: null, matching: null, presence: null } }),
  "room.list": () => ask("room.list", { limit: 50 }),
  "room.get": () => ask("room.get", { roomId: last() }),
  "room.watch": async () => {
    await ask("room.watch", {
      rooms: rooms.slice(2).map((roomId) => ({ roomId, mode: "head", epoch: "none", rev: 0 })),
    });
  },
  "room.unwatch": () => ask("room.unwatch", { roomIds: rooms.slice(2) }),
  "room.changes": async () => {
    const { room } = await socket.expectOk("room.get", { roomId: last() });
    await ask("room.changes", { roomId: last(), epoch: room.epoch, rev: room.rev - 5 });
  },
  "room.read": () => ask("room.read", { roomId: last(), seq: messageCount }),
  "membership.update": () => ask("membership.update", { roomId: last(), pinned: true }),
  "message.send": () => ask("message.send", { roomId: last(), clientMessageId: "big-room-key-1", text: "말" }),
  "message.list": () => ask("message.list", { roomId: last() }),
  "message.edit": () => ask("message.edit", { roomId: last(), seq: messageCount, text: "고친 말" }),
  "message.delete": () => ask("message.delete", { roomId: last(), seq: messageCount - 1 }),
  "typing.set": () => ask("typing.set", { roomId: opened(), typing: true }),
  "presence.set": () => ask("presence.set", { presence: "away" }),
  "presence.watch": () => ask("presence.watch", { roomIds: rooms.slice(0, 20) }),
  "direct.open": () => ask("direct.open", { nickname: other.nickname }),
  "member.block": async () => {
    const { room } = await socket.expectOk("direct.open", { nickname: other.nickname });
    await ask("member.block", { roomId: room.id, memberId: room.members.find(({ id }) => id !== room.selfId)?.id });
  },
  "block.list": () => ask("block.list", {}),
  "block.remove": async () => {
    const { blocks } = await socket.expectOk("block.list", {});
    await ask("block.remove", { blockId: blocks[0]?.id });
  },
  "room.leave": () => ask("room.leave", { roomId: first() }),
  "match.get": () => ask("match.get", {}),
  "match.request": () => ask("match.request", {}),
  "match.next": async () => {
    // Two who wait meet; the room they meet in is gone on from.
    const partner = await RawSocket.open(server.url, other.token);
    await partner.expectOk("match.request", {});
    const match = await eventually("they meet", async () => {
      const { match: state } = await socket.expectOk("match.get", {});
      return state.state === "matched" && state;
    });
    await ask("match.next", { roomId: match.roomId });
    partner.close();
  },
  "match.cancel": () => ask("match.cancel", {}),
};

/** Asks every command and names those that read more than they may. */
async function findGreedy(): Promise<string[]> {
  const greedy: string[] = [];
  for (const [name, run] of Object.entries(asked)) {
    const before = await countRows();
    await run();
    const rows = (await countRows()) - before;
    if (rows > mostRows) greedy.push(`${name} read ${rows} rows`);
  }
  return greedy;
}

test("no command reads more than it tells, however many people and rooms there are", async () => {
  expect(Object.keys(asked).sort()).toEqual(Object.keys(commands).sort());
  expect(await findGreedy()).toEqual([]);
  expect((await recountUnread(server.db)).faults).toEqual([]);
}, 120_000);

test("one that does is found: the room list without the index of members by room", async () => {
  await database.db.sql`drop index rooms_members_by_id`.simple();
  const before = await countRows();
  await ask("room.list", { limit: 50 });
  expect((await countRows()) - before).toBeGreaterThan(20 * mostRows);
}, 120_000);
