import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId, type RoomKind, syncPartsOf, toWireId } from "@maru/protocol";
import { newId } from "../../platform/ids.ts";
import { aliasGroupPolicy, matchRoomPolicy } from "../../testing/room-policies.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "./fixtures/rooms.fixture.ts";
import { canAsEqual, directPolicy, listOwnFacts, type OwnFacts, Policies, type RoomPolicy } from "./policy.ts";
import { insertRooms } from "./store-rooms.ts";

/** Reads otherwise than all others: members who may not post see nothing, and who has left reads what has ended. */
const oddPolicy: RoomPolicy = {
  ...aliasGroupPolicy,
  can(action, facts) {
    if (action === "post") return canAsEqual(action, facts);
    return facts.memberState === "active" ? facts.mayPost : facts.roomState === "closed";
  },
};
const policies = new Policies();
const kinds: Record<RoomKind, RoomPolicy | null> = {
  direct: directPolicy,
  match: matchRoomPolicy,
  group: aliasGroupPolicy,
  channel: oddPolicy,
  support: null,
};

let world: RoomsWorld;
let node: WorldNode;
let self: WorldConnection;

/** A room for every kind and every combination of facts. */
const rooms = (Object.keys(kinds) as RoomKind[]).flatMap((kind) =>
  listOwnFacts(kind).map((facts) => ({ id: newId(), facts })),
);
const readable = () =>
  rooms
    .filter(({ facts }) => policies.can("read", facts))
    .map(({ id }) => toWireId("room", id))
    .sort();

beforeAll(async () => {
  for (const [kind, policy] of Object.entries(kinds)) if (policy) policies.register(kind as RoomKind, policy);
  world = await openRoomsWorld();
  node = await world.openNode();
  node.rooms.registerPolicy("channel", oddPolicy);
  const [accountId = "", otherId = ""] = await world.newAccounts(2);
  for (const { id, facts } of rooms) await plant(id, facts, [accountId, otherId]);
  self = world.connect(node, accountId);
});
afterAll(() => world.close());

async function plant(id: string, facts: OwnFacts, accounts: readonly string[]): Promise<void> {
  const alias = { adjective: 1, noun: 1 };
  const members = accounts.map((accountId) => {
    return { id: newId(), roomId: id, accountId, mayPost: facts.mayPost, alias, isHidden: false };
  });
  const opening = { event: "room.created" } as const;
  const traits = kinds[facts.kind] ?? aliasGroupPolicy;
  await world.database.db.transaction((tx) =>
    insertRooms(tx, [{ id, kind: facts.kind, traits, directKey: null, opening, members }]),
  );
  await world.adminSql`update rooms_rooms set state = ${facts.roomState} where id = ${id}`;
  await world.adminSql`
    update rooms_members set state = ${facts.memberState}
    where room_id = ${id} and account_id = ${accounts[0] ?? ""}`;
}

const answerOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => "read",
    (error) => error.code,
  );

test("the database lets through exactly what the policies let read, and fills its pages with it", async () => {
  const listed: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await self.run("room.list", { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    listed.push(...page.rooms.map((room) => room.id));
    if (page.nextCursor === undefined) break;
    expect(page.rooms).toHaveLength(2);
    cursor = page.nextCursor;
  }
  expect(listed.sort()).toEqual(readable());
  expect(readable().length).toBeGreaterThan(10);
});

test("rooms in which something was said come to a sync as they come to the list", async () => {
  const { epoch, toRev } = await self.run("account.sync", { parts: { rooms: null } });
  const answer = await self.run("account.sync", {
    account: { epoch, rev: toRev },
    parts: { rooms: [{ id: "list", since: "0" }] },
  });
  const part = syncPartsOf(answer).rooms;
  expect(part?.reset).toBe(false);
  expect(part?.rooms.map((room) => room.id).sort()).toEqual(readable());
});

test("one room, its history, its changes and its watch answer as the list does", async () => {
  for (const { id, facts } of rooms) {
    const roomId = toWireId("room", id);
    const answers = {
      get: await answerOf(self.run("room.get", { roomId })),
      history: await answerOf(self.run("message.list", { roomId })),
      changes: await answerOf(self.run("room.changes", { roomId, epoch: "none", rev: 0 })),
    };
    const expected = policies.can("read", facts) ? "read" : "room.not_found";
    expect({ facts, ...answers }).toEqual({ facts, get: expected, history: expected, changes: expected });
  }
});

test("the append takes exactly what the policies let post", async () => {
  for (const { id, facts } of rooms) {
    if (kinds[facts.kind] === null) continue;
    const asked = self.run("message.send", { roomId: toWireId("room", id), clientMessageId: newKey(), text: "안녕" });
    const isTaken = (await answerOf(asked)) === "read";
    expect({ facts, isTaken }).toEqual({ facts, isTaken: policies.can("post", facts) });
  }
});

test("traits of the kind are stored with each room that is made", async () => {
  const [one, two] = [await world.newAccount(), await world.newAccount()];
  const direct = await node.rooms.openDirect(one.accountId, two.accountId);
  const match = fromWireId(await world.newMatch(node, one.accountId, two.accountId));
  const rows = await world.adminSql`
    select kind, is_pair as "isPair", shows_left_members as "showsLeftMembers" from rooms_rooms
    where id in (${direct}, ${match}) order by kind`;
  expect([...rows]).toEqual([
    { kind: "direct", ...policies.traitsOf("direct") },
    { kind: "match", ...policies.traitsOf("match") },
  ]);
});

test("a room of a node of the version before, which knows no traits, is a pair like all that it makes", async () => {
  const id = newId();
  await world.adminSql`insert into rooms_rooms (id, kind, rev, state_rev) values (${id}, 'direct', 1, 1)`;
  const rows = await world.adminSql`
    select is_pair as "isPair", shows_left_members as "showsLeftMembers" from rooms_rooms where id = ${id}`;
  expect([...rows]).toEqual([policies.traitsOf("direct")]);
  await world.adminSql`delete from rooms_rooms where id = ${id}`;
});
