import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import type { Tab } from "./fixtures/gateway.fixture.ts";
import {
  type MatchingWorld,
  type NodeOptions,
  openMatchingWorld,
  type WorldNode,
} from "./fixtures/matching.fixture.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";
import type { MatchingDeps } from "./ports.ts";

setDefaultTimeout(30_000);

const worlds: MatchingWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

type Stage = { readonly world: MatchingWorld; readonly nodes: readonly WorldNode[]; readonly tabs: readonly Tab[] };

/** Two nodes that both believe they hold the lease and come to the same line in the same moment, with twenty people. */
async function playTwoPairers(faults: NodeOptions["faults"] = {}): Promise<Stage> {
  const world = await openMatchingWorld();
  worlds.push(world);
  const meet = meetingOf(2);
  const lease = { hold: async () => true, fence: () => meet(), release: async () => {} };
  const options: NodeOptions = { faults, deps: () => ({ lease }) };
  const nodes = [await world.openNode(options), await world.openNode(options)];
  const [one, two] = nodes as [WorldNode, WorldNode];
  const people = await world.newAccounts(20);
  // Until both look at the full line, nobody is seen to be here.
  await world.admin`
    insert into matching_requests (account_id, id, alive_until, ends_at)
    select id, gen_random_uuid(), clock_timestamp() + interval '10 s', clock_timestamp() + interval '60 s'
    from unnest(${world.admin.array(people, "UUID")}::uuid[]) as p (id)`;
  const tabs = people.map((accountId, i) => (i % 2 === 0 ? one : two).connect(accountId));
  await Promise.all(nodes.map(({ clock }) => clock.advance(500)));
  await world.pass(3_000);
  return { world, nodes, tabs };
}

/** Lets the first who come wait for each other, and everybody else pass. */
function meetingOf(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    if (++arrived >= count) resolve();
    return promise;
  };
}

test("two nodes that both pair, because neither lease nor fence holds, still match nobody twice", async () => {
  const { world, tabs } = await playTwoPairers();
  expect(await findViolations(world.admin)).toEqual([]);
  for (const tab of tabs) expect(tab.told.at(-1)?.state).toBe("matched");
});

test("a pairing that does not claim its people is found", async () => {
  const { world } = await playTwoPairers({ lockPairs: async (_tx, pairs) => [...pairs] });
  expect(await findViolations(world.admin)).toEqual(["one wait became two matches", "somebody is in two matches"]);
});

/** One node, and so many people who ask one after the other; blocks are given by the people's places. */
async function playLine(options: NodeOptions, count: number, blocks: readonly (readonly [number, number])[] = []) {
  const world = await openMatchingWorld();
  worlds.push(world);
  const node = await world.openNode(options);
  const people = await world.newAccounts(count);
  for (const [a, b] of blocks) await world.block(people[a] ?? "", people[b] ?? "");
  const tabs = people.map((accountId) => node.connect(accountId));
  for (const tab of tabs) await tab.request();
  await world.pass(2_000);
  return { world, tabs };
}

const blindToBlocks = ({ identity }: MatchingDeps) => ({ identity: { ...identity, listBlocksAmong: async () => [] } });

test("a pairing that does not ask for blocks is found", async () => {
  const sound = await playLine({}, 2, [[0, 1]]);
  expect(await findViolations(sound.world.admin)).toEqual([]);
  const planted = await playLine({ deps: blindToBlocks }, 2, [[0, 1]]);
  expect(await findViolations(planted.world.admin)).toEqual(["a blocked pair met"]);
});

test("a block that comes between the choice and the match is honoured", async () => {
  // The choice is made from what was read before the block; the claim asks again.
  const world = await openMatchingWorld();
  worlds.push(world);
  const [a = "", b = ""] = await world.newAccounts(2);
  const node = await world.openNode({
    deps: ({ lease }) => ({
      lease: {
        ...lease,
        fence: async (tx) => {
          await lease.fence(tx);
          await world.block(a, b);
        },
      },
    }),
  });
  for (const accountId of [a, b]) await node.connect(accountId).request();
  await world.pass(2_000);
  expect(await findViolations(world.admin)).toEqual([]);
  expect((await node.matching.findState(a)).state).toBe("waiting");
});

const pairsOneself: NodeOptions["faults"] = {
  choosePairs: ([first, ...others]) => {
    const [second, third] = others;
    return first && second && third
      ? [
          { first, second: first },
          { first: second, second: third },
        ]
      : [];
  },
};

test("somebody paired with themselves is refused by the database, and stops nobody else", async () => {
  const { world, tabs } = await playLine({ faults: pairsOneself }, 3);
  expect(await findViolations(world.admin)).toEqual([]);
  expect(tabs.map((tab) => tab.told.at(-1)?.state)).toEqual(["waiting", "matched", "matched"]);
});

test("somebody paired with themselves is found where nothing refuses it", async () => {
  const world = await openMatchingWorld();
  worlds.push(world);
  await world.admin.unsafe(`
    alter table matching_matches drop constraint matching_matches_check;
    drop index if exists rooms_members_room_account;
    do $$ declare c record; begin
      for c in select conname from pg_constraint where conrelid = 'rooms_members'::regclass and contype = 'u' loop
        execute 'alter table rooms_members drop constraint ' || c.conname;
      end loop;
    end $$`);
  const node = await world.openNode({ faults: pairsOneself });
  for (const accountId of await world.newAccounts(3)) await node.connect(accountId).request();
  await world.pass(2_000);
  expect(await findViolations(world.admin)).toContain("somebody met themselves");
});

test("a match that cannot be undone stops nobody else", async () => {
  const world = await openMatchingWorld();
  worlds.push(world);
  const broken = () => Promise.reject(new Error("planted"));
  const node = await world.openNode({ deps: ({ rooms }) => ({ rooms: { ...rooms, leaveRoomIn: broken } }) });
  const tabs = (await world.newAccounts(4)).map((accountId) => node.connect(accountId));
  for (const tab of tabs.slice(0, 2)) await tab.request();
  await tabs[0]?.expectLogged("matched");
  tabs[0]?.close();
  await world.pass(8_000);
  expect(tabs[1]?.told.at(-1)?.state).toBe("matched");
  for (const tab of tabs.slice(2)) await tab.request();
  await world.pass(1_000);
  expect(tabs.slice(2).map((tab) => tab.told.at(-1)?.state)).toEqual(["matched", "matched"]);
  expect(await findViolations(world.admin)).toEqual([]);
});
