import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { MatchState } from "@maru/protocol";
import * as fc from "fast-check";
import type { Tab } from "./fixtures/gateway.fixture.ts";
import { type MatchingWorld, openMatchingWorld, type WorldNode } from "./fixtures/matching.fixture.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";

setDefaultTimeout(120_000);

let world: MatchingWorld;
let nodes: readonly [WorldNode, WorldNode];
beforeAll(async () => {
  world = await openMatchingWorld();
  nodes = [await world.openNode(), await world.openNode()];
});
afterAll(() => world.close());

const peopleCount = 6;
const person = fc.nat({ max: peopleCount - 1 });
const node = fc.constantFrom(0 as const, 1 as const);

/** What one person does; several do theirs in the same moment. */
type Deed = {
  readonly does: "asks" | "cancels" | "goes on" | "leaves" | "opens" | "closes";
  who: number;
  where: 0 | 1;
};
type Scene =
  | { readonly is: "deeds"; readonly deeds: readonly Deed[] }
  | { readonly is: "time"; readonly ms: number }
  | { readonly is: "block"; readonly who: number; readonly whom: number }
  | { readonly is: "bus"; readonly lossRate: number };

const anyDeed: fc.Arbitrary<Deed> = fc.record({
  does: fc.constantFrom("asks", "asks", "asks", "asks", "cancels", "goes on", "leaves", "opens", "closes"),
  who: person,
  where: node,
});
const anyStory: fc.Arbitrary<Scene[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        is: fc.constant("deeds" as const),
        deeds: fc.array(anyDeed, { minLength: 1, maxLength: 6 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ is: fc.constant("time" as const), ms: fc.constantFrom(500, 1_500, 4_000, 7_000) }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("block" as const), who: person, whom: person }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("bus" as const), lossRate: fc.constantFrom(0, 0.5, 1) }) },
  ),
  { minLength: 6, maxLength: 24 },
);

const counts = { matches: 0, deeds: 0, gone: 0 };

async function play(story: readonly Scene[]): Promise<void> {
  const accounts = await world.newAccounts(peopleCount);
  /** Each tab and what it learned when it connected, as a client does. */
  const tabs = new Map<Tab, MatchState>();
  const open = async (who: number, where: 0 | 1) => {
    const tab = nodes[where].connect(accounts[who] ?? "");
    tabs.set(tab, await tab.get());
  };
  const tabsOf = (who: number) => [...tabs.keys()].filter((tab) => tab.accountId === accounts[who]);
  for (let who = 0; who < peopleCount; who++) await open(who, who % 2 === 0 ? 0 : 1);

  async function act({ does, who, where }: Deed): Promise<void> {
    counts.deeds++;
    const mine = tabsOf(who);
    const tab = mine[where] ?? mine[0];
    const lastMatch = tab?.told.findLast((match) => match.state === "matched");
    if (does === "opens") await open(who, where);
    if (!tab) return;
    if (does === "asks") await tab.request();
    if (does === "cancels") await tab.cancel();
    if (does === "goes on" && lastMatch?.state === "matched") await tab.next(lastMatch.roomId);
    if (does === "leaves" && lastMatch?.state === "matched") await tab.run("room.leave", { roomId: lastMatch.roomId });
    if (does === "closes") {
      counts.gone++;
      tabs.delete(tab);
      tab.close();
    }
  }

  for (const scene of story) {
    if (scene.is === "deeds") await Promise.all(scene.deeds.map(act));
    if (scene.is === "time") await world.pass(scene.ms);
    if (scene.is === "bus") world.hub.lossRate = scene.lossRate;
    if (scene.is === "block" && scene.who !== scene.whom) {
      // A block and a match in the very same moment have no order; the rules ask for one.
      await world.settle();
      await world.block(accounts[scene.who] ?? "", accounts[scene.whom] ?? "");
    }
    expect(await findViolations(world.admin)).toEqual([]);
  }
  // Whatever was lost, in the end everybody knows where they stand, and nobody waits who could have met.
  await world.pass(8_000);
  expect(await findViolations(world.admin)).toEqual([]);
  await expectTruth(tabs);
  await expectNobodyPassedOver(accounts);
  world.hub.lossRate = 0;
  await world.clear();
}

/** Every tab knows what is true. */
async function expectTruth(tabs: ReadonlyMap<Tab, MatchState>): Promise<void> {
  for (const [tab, atFirst] of tabs) {
    const [truth, known] = [await tab.get(), tab.told.at(-1) ?? atFirst];
    expect(known.state).toBe(truth.state);
    if (truth.state !== "matched" || known.state !== "matched") continue;
    expect(known.roomId).toBe(truth.roomId);
    counts.matches++;
  }
}

async function expectNobodyPassedOver(accounts: readonly string[]): Promise<void> {
  const waiting: string[] = [];
  for (const accountId of accounts)
    if ((await nodes[0].matching.findState(accountId)).state === "waiting") waiting.push(accountId);
  for (const [i, a] of waiting.entries())
    for (const b of waiting.slice(i + 1)) expect(await world.identity.isBlockedBetween(a, b)).toBe(true);
}

test("whatever people do in whatever order: no promise is broken, all learn the truth, nobody is passed over", async () => {
  await fc.assert(fc.asyncProperty(anyStory, play), { seed: 20_261_121, numRuns: 12, endOnFailure: true });
  expect(Math.min(counts.deeds, counts.matches, counts.gone)).toBeGreaterThan(15);
});
