import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fromWireId, type RoomId } from "@maru/protocol";
import { eventually, seededRandom } from "@maru/testkit";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import { aliasGroupPolicy } from "../../../testing/room-policies.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import { freshList, ModelList } from "../fixtures/sync.fixture.ts";
import { recountUnread } from "../index.ts";

let world: RoomsWorld;
let nodes: WorldNode[];
const hub = new FaultyHub();
hub.lossRate = 0;
beforeAll(async () => {
  world = await openRoomsWorld();
  nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
});
afterAll(() => world.close());

/** A person with two devices, one on each node. */
type Person = { readonly accountId: string; readonly devices: readonly ModelList[] };

/** Counts from the messages alone what an account has not read in a room. */
async function countUnread(accountId: string, roomId: RoomId): Promise<number> {
  const [row] = await world.adminSql`
    select count(*)::int as unread from rooms_messages g
    join rooms_members m on m.room_id = g.room_id and m.account_id = ${accountId}
    where g.room_id = ${fromWireId(roomId)} and g.kind = 'text' and g.deleted_at is null and g.seq > m.read_seq`;
  return row?.unread ?? 0;
}

const badge = (list: ModelList, roomId: RoomId) => {
  const room = list.rooms.get(roomId);
  return room && room.membership === "active" ? room.lastOrd - room.readOrd : null;
};

async function playStory(seed: number): Promise<{ people: Person[]; roomId: RoomId; counts: Record<string, number> }> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const accounts = await world.newAccounts(4);
  const { roomId } = await world.newGroup(accounts.slice(0, 3));
  const people = accounts.map((accountId) => ({
    accountId,
    devices: nodes.map((node) => new ModelList(world.connect(node, accountId))),
  }));
  for (const { devices } of people) {
    for (const list of devices) {
      await list.sync();
      await list.listen();
    }
  }
  const counts: Record<string, number> = {};
  const running: Promise<unknown>[] = [];
  // What a person may not do at this moment is refused; the story goes on.
  const act = (name: string, run: () => Promise<unknown>) => {
    counts[name] = (counts[name] ?? 0) + 1;
    running.push(run().catch(() => {}));
  };
  for (let step = 0; step < 60; step++) {
    const person = pick(people);
    const connection: WorldConnection = pick(person.devices).connection;
    const lastSeq = person.devices[0]?.rooms.get(roomId)?.lastSeq ?? 1;
    const seq = 1 + Math.floor(random() * lastSeq);
    const kind = pick(["send", "send", "send", "read", "read", "delete", "leave", "join", "mark"] as const);
    act(kind, () => {
      switch (kind) {
        case "send":
          return connection.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
        case "read":
          return connection.run("room.read", { roomId, seq });
        case "delete":
          return connection.run("message.delete", { roomId, seq });
        case "leave":
          return connection.run("room.leave", { roomId });
        case "join":
          return pick(nodes).rooms.joinRoom({ accountId: person.accountId, roomId: fromWireId(roomId) });
        case "mark":
          return connection.run("membership.update", { roomId, markedUnread: random() < 0.5 });
      }
    });
    if (random() < 0.3) await Promise.all(running.splice(0));
  }
  await Promise.all(running);
  for (const node of nodes) await node.compare();
  return { people, roomId, counts };
}

describe("badges", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    test(`say on all devices what the messages say, whatever happens (seed ${seed})`, async () => {
      const { people, roomId, counts } = await playStory(seed);
      expect(Object.keys(counts).sort()).toEqual(["delete", "join", "leave", "mark", "read", "send"]);
      for (const { accountId, devices } of people) {
        const [first] = devices;
        if (first === undefined) continue;
        const fresh = (await freshList(first.connection)).find((room) => room.id === roomId);
        if (fresh === undefined) continue;
        const expected = await countUnread(accountId, roomId);
        expect(fresh.lastOrd - fresh.readOrd).toBe(expected);
        for (const list of devices) {
          await eventually(`the badge says ${expected}`, () => badge(list, roomId) === expected);
        }
      }
    });
  }

  test("the recount finds nothing after all this", async () => {
    expect(await recountUnread(nodes[0]?.db as WorldNode["db"])).toMatchObject({ faults: [], roomCount: 8 });
  });

  test("the recount finds a cursor, a counter and a message that are wrong", async () => {
    const accounts = await world.newAccounts(2);
    const { roomId, memberIds } = await world.newGroup(accounts);
    const device = world.connect(nodes[0] as WorldNode, accounts[0] ?? "");
    for (let i = 0; i < 3; i++) await device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
    const id = fromWireId(roomId);
    const faultsOf = async () =>
      (await recountUnread(nodes[0]?.db as WorldNode["db"])).faults.map(({ what, memberId }) => ({ what, memberId }));
    const second = fromWireId(memberIds[1] as (typeof memberIds)[number]);
    await world.adminSql`update rooms_members set read_ord = 1 where id = ${second}`;
    expect(await faultsOf()).toEqual([
      { what: "read_ord", memberId: second },
      { what: "unread", memberId: second },
    ]);
    await world.adminSql`update rooms_members set read_ord = 0 where id = ${second}`;
    await world.adminSql`update rooms_messages set ord = 3 where room_id = ${id} and seq = 2`;
    expect(await faultsOf()).toEqual([{ what: "ord", memberId: null }]);
    await world.adminSql`update rooms_messages set ord = 2 where room_id = ${id} and seq = 2`;
    await world.adminSql`update rooms_rooms set last_seq = 4 where id = ${id}`;
    expect(await faultsOf()).toEqual([{ what: "last_seq", memberId: null }]);
    await world.adminSql`update rooms_rooms set last_seq = 3 where id = ${id}`;
    await world.adminSql`update rooms_rooms set member_count = 3, rev = rev - 1 where id = ${id}`;
    expect(await faultsOf()).toEqual(["member_count", "rev"].map((what) => ({ what, memberId: null }) as never));
    await world.adminSql`update rooms_rooms set member_count = 2, rev = rev + 1, paused_member_id = ${second} where id = ${id}`;
    await world.adminSql`update rooms_members set hidden_ord = 3 where id = ${second}`;
    expect(await faultsOf()).toEqual(
      ["has_hidden", "paused_member"].map((what) => ({ what, memberId: null }) as never),
    );
    await world.adminSql`update rooms_rooms set paused_member_id = null where id = ${id}`;
    await world.adminSql`update rooms_members set hidden_ord = null where id = ${second}`;
    expect(await faultsOf()).toEqual([]);
    const traitFaults = async () =>
      (await recountUnread(nodes[0]?.db as WorldNode["db"], [["group", aliasGroupPolicy]])).faults;
    await world.adminSql`update rooms_rooms set is_pair = true, shows_left_members = true where id = ${id}`;
    expect(await traitFaults()).toEqual(
      (["is_pair", "shows_left_members"] as const).map((what) => {
        return { roomId: id, memberId: null, what, stored: 1, counted: 0 };
      }),
    );
    await world.adminSql`update rooms_rooms set is_pair = false, shows_left_members = false where id = ${id}`;
    expect(await traitFaults()).toEqual([]);
    await world.adminSql`update rooms_rooms set state_rev = rev + 1 where id = ${id}`;
    expect(await faultsOf()).toEqual([{ what: "state_rev", memberId: null }]);
    await world.adminSql`update rooms_rooms set state_rev = 1 where id = ${id}`;
    const direct = await nodes[0]?.rooms.openDirect(accounts[0] ?? "", accounts[1] ?? "");
    const [kept] = await world.adminSql`select direct_key from rooms_rooms where id = ${direct}`;
    expect(await faultsOf()).toEqual([]);
    await world.adminSql`update rooms_rooms set direct_key = 'somebody else' where id = ${direct}`;
    expect(await faultsOf()).toEqual([{ what: "direct_key", memberId: null }]);
    await world.adminSql`update rooms_rooms set direct_key = ${kept.direct_key} where id = ${direct}`;
    // What is taken back before it is read does not count, and a count that goes on counting it is found.
    await device.run("message.delete", { roomId, seq: 3 });
    expect(await faultsOf()).toEqual([]);
    await world.adminSql.unsafe(
      "create or replace function rooms_count_uncounted(p_room uuid, p_member uuid, p_seq int) returns int language sql as 'select 0'",
    );
    expect(await faultsOf()).toContainEqual({ what: "unread", memberId: second });
  });
});
