import { expect, test } from "bun:test";
import { type AccountPush, type CommandArgument, commands, type Push, type SyncPart } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import { FaultyHub, noBusFaults } from "../../testing/faulty-hub.ts";
import { fail } from "../errors.ts";
import { AccountLog } from "./account-log.ts";
import type { AccountContributor, SinceAsked } from "./contributor.ts";

const accountId = "a".repeat(32);
const idle: SyncPart<"matching"> = { match: { state: "idle", reason: "none" } };

/** What each account's log stands at, as every node finds it in the database. */
const stored = new Map<string, number>();
const hub = new FaultyHub(noBusFaults);

/** A part that records how it was asked, and pushes of every number up to where the log stands. */
function createContributor(asked: (SinceAsked | string)[]): AccountContributor<"rooms"> {
  const part = { reset: false, since: "1", rooms: [] };
  let from = 0;
  return {
    name: "rooms",
    changesSince: async (since) => {
      asked.push(since);
      from = since.rev;
      return part;
    },
    snapshot: async (id) => {
      asked.push(id);
      return { ...part, reset: true };
    },
    toPushes: () => {
      const count = (stored.get(accountId) ?? 0) - from;
      return Array.from({ length: count }, (_, i) => pushOf(from + count - i));
    },
  };
}

const pushOf = (accountRev: number) => ({ push: "membership.changed", accountEpoch: "e", accountRev }) as AccountPush;

let nodeCount = 0;
/** `onFault` gets what is logged; a test that plants no fault logs none. */
async function openNode(
  onFault: (fields: Record<string, unknown>) => void = ({ error }) => {
    throw new Error("a fault was logged", { cause: error });
  },
) {
  const clock = new FakeClock();
  const told: number[] = [];
  const asked: (SinceAsked | string)[] = [];
  let isConnected = true;
  const log = new AccountLog({
    db: { sql: null as unknown as Bun.SQL },
    bus: hub.connect(),
    sockets: {
      pushToAccount: (_id, push: Push) => void told.push((push as AccountPush).accountRev),
      connectionsOf: () => (isConnected ? [{}] : []),
    },
    clock,
    log: {
      warn: (_message, fields) => onFault(fields ?? {}),
      error: (_message, fields) => onFault(fields ?? {}),
    },
    nodeId: `node ${++nodeCount}`,
    revs: {
      take: async (_tx, accountIds) => new Map(accountIds.map((id) => [id, 1 + (stored.get(id) ?? 0)])),
      list: async (_sql, accountIds) => new Map(accountIds.map((id) => [id, stored.get(id) ?? 0])),
    },
    epoch: () => "e",
  });
  log.contribute(createContributor(asked));
  log.contribute<"matching">({ name: "matching", changesSince: async () => idle, snapshot: async () => idle });
  await log.start();
  const sync = async (d: CommandArgument<"account.sync">) =>
    log.sync(accountId, commands["account.sync"].input.parse(d));
  return {
    log,
    clock,
    told,
    asked,
    sync,
    leave: () => {
      isConnected = false;
    },
  };
}

const held = [{ id: "list", since: "1" }];

test("a part is told since a position that the log has reached, and afresh to anybody else", async () => {
  stored.set(accountId, 5);
  const { sync, asked } = await openNode();
  const ask = (epoch: string, rev: number, rooms: typeof held | null) =>
    sync({ account: { epoch, rev }, parts: { rooms } });
  await ask("e", 5, held);
  await ask("e", 2, []);
  await ask("e", 6, held);
  await ask("other", 5, held);
  await ask("e", 5, null);
  await sync({ parts: { rooms: held } });
  expect(asked).toEqual([
    { accountId, rev: 5, held },
    { accountId, rev: 2, held: [] },
    ...Array.from({ length: 4 }, () => accountId),
  ]);
});

test("the parts that are named are answered and no others", async () => {
  stored.set(accountId, 5);
  const { sync } = await openNode();
  expect(await sync({ parts: { matching: null } })).toEqual({ epoch: "e", toRev: 5, parts: { matching: idle } });
  expect(await sync({ parts: { presence: null } })).toEqual({ epoch: "e", toRev: 5, parts: {} });
});

test("a name is contributed once", async () => {
  const { log } = await openNode();
  expect(() => log.contribute(createContributor([]))).toThrow("Two features contribute rooms");
});

test("accounts are numbered once each, in one order", async () => {
  const { log } = await openNode();
  const taken = await log.take(null as unknown as Bun.SQL, ["b", "a", "b"]);
  expect([...taken.keys()]).toEqual(["a", "b"]);
});

test("what the bus lost is found by the comparison, in order and once, by the beat as by the return of the bus", async () => {
  stored.set(accountId, 1);
  const [here, there] = [await openNode(), await openNode()];
  for (const node of [here, there]) await node.sync({ parts: { rooms: null } });
  hub.lossRate = 1;
  for (const rev of [2, 3]) {
    stored.set(accountId, rev);
    here.log.publish(accountId, [pushOf(rev)]);
  }
  hub.lossRate = 0;
  stored.set(accountId, 4);
  here.log.publish(accountId, [pushOf(4)]);
  await there.clock.advance(0);
  expect([here.told, there.told]).toEqual([[2, 3, 4], [4]]);
  await there.clock.advance(5_000);
  expect(there.told).toEqual([4, 2, 3, 4]);
  await there.clock.advance(5_000);
  await here.log.compare();
  expect([here.told.length, there.told.length]).toEqual([3, 4]);
  hub.lossRate = 1;
  stored.set(accountId, 5);
  here.log.publish(accountId, [pushOf(5)]);
  hub.lossRate = 0;
  hub.reconnect();
  await there.clock.advance(0);
  expect(there.told.at(-1)).toBe(5);
  for (const node of [here, there]) node.log.close();
});

test("a part that fails keeps back neither the pushes of others nor its own for longer than it fails", async () => {
  stored.set(accountId, 1);
  const faults: unknown[] = [];
  const { log, sync, told, asked } = await openNode(({ part }) => faults.push(part));
  let isFailing = true;
  log.contribute<"presence">({
    name: "presence",
    snapshot: async () => ({ presence: "online" }),
    changesSince: async ({ rev }) => {
      if (isFailing) throw new TypeError("a mistake of ours");
      asked.push(`presence since ${rev}`);
      return { presence: "online" };
    },
    toPushes: () => [],
  });
  await sync({ parts: { rooms: null } });
  stored.set(accountId, 3);
  await log.compare();
  expect([told, faults]).toEqual([[2, 3], ["presence"]]);
  isFailing = false;
  await log.compare();
  expect([told.slice(2), asked.at(-1)]).toEqual([[2, 3], "presence since 1"]);
  await log.compare();
  expect(told).toHaveLength(4);
  log.close();
});

test("a part that fails is left out of the answer by itself; what passes by itself fails the answer, to be asked again", async () => {
  stored.set(accountId, 1);
  const faults: unknown[] = [];
  const { log, sync } = await openNode(({ part }) => faults.push(part));
  let error: unknown = new TypeError("a mistake of ours");
  const throwIt = () => Promise.reject(error);
  log.contribute<"presence">({ name: "presence", snapshot: throwIt, changesSince: throwIt });
  const ask = () => sync({ parts: { matching: null, presence: null } });
  expect(await ask()).toEqual({ epoch: "e", toRev: 1, parts: { matching: idle } });
  expect(faults).toEqual(["presence"]);
  for (error of [fail("server.busy"), Object.assign(new Error("gone"), { errno: "57P01" })]) {
    await expect(ask()).rejects.toBe(error);
  }
});

test("numbers that went back, as after a promotion, are told from the first; those of now are found as ever", async () => {
  stored.set(accountId, 9);
  const { log, sync, told } = await openNode();
  await sync({ parts: { rooms: null } });
  stored.set(accountId, 2);
  await log.compare();
  expect(told).toEqual([1, 2]);
  stored.set(accountId, 3);
  await log.compare();
  expect(told).toEqual([1, 2, 3]);
  log.close();
});

test("nobody is asked about an account that has gone, and a listener hears what was pushed here", async () => {
  stored.set(accountId, 1);
  const { log, sync, asked, leave } = await openNode();
  await sync({ parts: { rooms: null } });
  const heard: number[] = [];
  log.onPushed((_id, { accountRev }) => heard.push(accountRev));
  log.publish(accountId, [pushOf(2)]);
  leave();
  stored.set(accountId, 3);
  await log.compare();
  expect([heard, asked]).toEqual([[2], [accountId]]);
  log.close();
});
