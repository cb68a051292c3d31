import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { MatchState } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import type { Tab } from "./fixtures/gateway.fixture.ts";
import { type MatchingWorld, openMatchingWorld, type WorldNode } from "./fixtures/matching.fixture.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";
import type { MatchingDeps } from "./ports.ts";

setDefaultTimeout(30_000);

let world: MatchingWorld;
let one: WorldNode;
let two: WorldNode;
/** What the first node does right after it has made sure of its lease, within the transaction. */
let onFence: (tx: Bun.SQL) => Promise<unknown> = async () => {};

beforeAll(async () => {
  world = await openMatchingWorld();
  const fencing = ({ lease }: MatchingDeps) => ({
    lease: {
      ...lease,
      fence: async (tx: Bun.SQL) => {
        await lease.fence(tx);
        await onFence(tx);
      },
    },
  });
  // The first to start holds the lease.
  one = await world.openNode({ deps: fencing });
  two = await world.openNode();
});
afterEach(async () => {
  expect(await findViolations(world.admin)).toEqual([]);
  await world.clear();
  world.hub.lossRate = 0;
  world.hub.doubleRate = 0;
  world.hub.maxDelayMs = 0;
  onFence = async () => {};
});
afterAll(() => world.close());

async function newTabs(count: number, node = two): Promise<Tab[]> {
  return (await world.newAccounts(count)).map((accountId) => node.connect(accountId));
}

const roomOf = (match: MatchState | undefined) => (match?.state === "matched" ? match.roomId : "none");
const statesOf = (tab: Tab) => tab.told.map((match) => (match.state === "idle" ? match.reason : match.state));

test("with a bus that carries nothing, everybody is matched and every tab learns everything", async () => {
  world.hub.lossRate = 1;
  const tabs = await newTabs(4);
  const others = tabs.map(({ accountId }) => one.connect(accountId));
  for (const tab of tabs.slice(0, 3)) await tab.request();
  await world.pass(2_000);
  expect((await others[2]?.expectLogged("waiting"))?.state).toBe("waiting");
  await tabs[2]?.cancel();
  await world.pass(2_000);
  for (const tab of [...tabs, ...others].filter(({ accountId }) => accountId === tabs[2]?.accountId))
    expect(statesOf(tab)).toEqual(["waiting", "cancelled"]);
  const rooms = new Set<string>();
  for (const tab of [0, 1].flatMap((i) => [tabs[i], others[i]])) {
    expect(tab && statesOf(tab).join()).toMatch(/^(waiting,)?matched$/);
    rooms.add(roomOf(tab?.told.at(-1)));
  }
  expect(rooms.size).toBe(1);
});

test("a tab on a node that never heard of the wait learns of the match", async () => {
  world.hub.lossRate = 1;
  const [a, b] = (await newTabs(2)) as [Tab, Tab];
  const other = one.connect(a.accountId);
  await a.request();
  await b.request();
  await world.pass(2_000);
  expect(other.told.at(-1)?.state).toBe("matched");
});

test("with a bus that loses and doubles, nothing is told twice or backwards", async () => {
  world.hub.lossRate = 0.3;
  world.hub.doubleRate = 0.5;
  world.hub.maxDelayMs = 10;
  const tabs = await newTabs(20);
  const others = tabs.map(({ accountId }) => one.connect(accountId));
  await Promise.all(tabs.map((tab) => tab.request()));
  await world.pass(3_000);
  // Who is matched before hearing of the wait hears of the match alone.
  for (const tab of [...tabs, ...others]) expect(statesOf(tab).join()).toMatch(/^(waiting,)?matched$/);
});

test("late news of an earlier wait hides the one that runs no longer than a moment", async () => {
  const [tab] = (await newTabs(1)) as [Tab];
  const other = one.connect(tab.accountId);
  const bus = world.hub.connect();
  const heard: string[] = [];
  const end = await bus.subscribe("matching.news", (payload) => heard.push(payload));
  await tab.request();
  await world.settle();
  world.hub.lossRate = 1;
  await tab.cancel();
  await tab.request();
  await world.pass(2_000);
  world.hub.lossRate = 0;
  const late = { ...JSON.parse(heard[0] ?? ""), match: { state: "idle", reason: "cancelled" } };
  bus.publish("matching.news", JSON.stringify(late));
  await other.expectLogged("idle");
  await world.pass(1_000);
  await other.expectLogged("waiting");
  expect((await tab.get()).state).toBe("waiting");
  await end();
});

test("the answer to a request never lags behind what the tab was told", async () => {
  for (let round = 0; round < 12; round++) {
    const tabs = (await newTabs(2, one)) as [Tab, Tab];
    const seen = await Promise.all(
      tabs.map(async (tab) => ({ answer: await tab.request(), isMatched: tab.told.at(-1)?.state === "matched" })),
    );
    for (const { answer, isMatched } of seen) if (isMatched) expect(answer.state).toBe("matched");
    await world.settle();
  }
});

test("a node that stands still in the middle of a round changes nothing when it goes on", async () => {
  const thaw = one.freeze();
  const [a, b] = (await newTabs(2)) as [Tab, Tab];
  await a.request();
  await b.request();
  // It has chosen this pair and holds it in its hands.
  await one.clock.advance(500);
  await world.pass(8_000);
  const matched = await a.expectLogged("matched");
  expect(await b.expectLogged("matched")).toEqual(matched);
  thaw();
  await world.pass(8_000);
  expect(await a.get()).toEqual(await b.get());
  expect(statesOf(a)).toEqual(["waiting", "matched"]);
  const [c, d] = (await newTabs(2)) as [Tab, Tab];
  await c.request();
  await d.request();
  await world.pass(1_000);
  expect(c.told.at(-1)?.state).toBe("matched");
});

test("a node that dies in the middle of its transaction leaves everybody in place for the next", async () => {
  await takeLease(one);
  let isKilled = false;
  onFence = async (tx) => {
    if (isKilled) return;
    isKilled = true;
    one.kill();
    await tx`select pg_terminate_backend(pg_backend_pid())`;
  };
  const tabs = (await newTabs(2)) as [Tab, Tab];
  for (const tab of tabs) await tab.request();
  await eventually("the node to die", () => isKilled);
  await world.pass(8_000);
  expect(await tabs[0].expectLogged("matched")).toEqual(await tabs[1].expectLogged("matched"));
  one = await world.openNode();
});

/** Lets the other node rest until this one pairs. */
async function takeLease(node: WorldNode): Promise<void> {
  await world.admin`update platform_leases set holder = 'nobody', expires_at = clock_timestamp() - interval '1 s'`;
  // A node that believes it still holds it asks again after a third of the term; then it is the only one that asks.
  for (let i = 0; i < 3; i++) await world.settle([node], 3_000);
}

test("two who blocked each other are never matched, and a third is with the first of them", async () => {
  const [a, b] = (await newTabs(2)) as [Tab, Tab];
  await world.block(b.accountId, a.accountId);
  await a.request();
  await b.request();
  await world.pass(10_000);
  for (const tab of [a, b]) expect((await tab.get()).state).toBe("waiting");
  const [c] = (await newTabs(1)) as [Tab];
  await c.request();
  await world.pass(1_000);
  expect((await a.get()).state).toBe("matched");
  expect((await b.get()).state).toBe("waiting");
});

test("a block between two who wait keeps them apart", async () => {
  const [a, b] = (await newTabs(2)) as [Tab, Tab];
  await a.request();
  await b.request();
  await world.settle();
  // They met a moment ago, so both wait a while for somebody else.
  const { roomId } = await a.expectLogged("matched");
  for (const tab of [a, b]) expect((await tab.next(roomId)).state).toBe("waiting");
  await world.pass(4_000);
  await world.block(a.accountId, b.accountId);
  await world.pass(10_000);
  for (const tab of [a, b]) expect((await tab.get()).state).toBe("waiting");
});

test("people in a match may go on to the next", async () => {
  const [a, b, c] = (await newTabs(3)) as [Tab, Tab, Tab];
  await a.request();
  await b.request();
  await world.settle();
  const { roomId } = await a.expectLogged("matched");
  await c.request();
  expect((await a.next(roomId)).state).toBe("waiting");
  await world.settle();
  const second = await a.expectLogged("matched");
  expect(second).toEqual(await c.expectLogged("matched"));
  expect(second.roomId).not.toBe(roomId);
  expect((await b.get()).state).toBe("idle");
});

test("next from a room that is no match of one's own is refused, and leaves it as it was", async () => {
  const [a, b, c] = (await newTabs(3)) as [Tab, Tab, Tab];
  await a.request();
  await b.request();
  await world.settle();
  const { roomId } = await a.expectLogged("matched");
  const refused = await c.next(roomId).catch((error: { code: string }) => error);
  expect((refused as { code: string }).code).toBe("room.not_found");
  expect((await c.get()).state).toBe("idle");
  expect((await a.get()).state).toBe("matched");
});
