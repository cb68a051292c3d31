import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { MatchState, Push, SyncPart } from "@maru/protocol";
import * as fc from "fast-check";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";
import { assertContributor, type ContributorStage, type PartModel } from "../../testing/contributor-kit.ts";
import type { Tab } from "./fixtures/gateway.fixture.ts";
import { type MatchingWorld, openMatchingWorld } from "./fixtures/matching.fixture.ts";

type Plant = (contributor: AccountContributor<"matching">) => AccountContributor<"matching">;

let world: MatchingWorld;
beforeAll(async () => {
  world = await openMatchingWorld();
});
afterAll(() => world.close());

/** Where an account stands, as its owner's client holds it. */
class ModelMatch implements PartModel<"matching"> {
  readonly held = [];

  constructor(public match: MatchState = { state: "idle", reason: "none" }) {}

  /** Without its times: the world's time passes by making everything that is stored older. */
  get picture(): object {
    const { requestedAt: _, matchedAt: __, ...match } = { requestedAt: "", matchedAt: "", ...this.match };
    return match;
  }

  take({ match }: SyncPart<"matching">): void {
    this.match = match;
  }

  hear(push: Push): void {
    if (push.push === "match.changed") this.match = push.match;
  }

  fork(): ModelMatch {
    return new ModelMatch(this.match);
  }
}

const anyAct = fc.record({
  is: fc.constantFrom("request", "request", "cancel", "pass", "leave", "next"),
  who: fc.nat(3),
  node: fc.nat(1),
});
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;

async function openStage({ plant, patienceMs = 5_000 }: { plant?: Plant; patienceMs?: number } = {}) {
  const openNode = () =>
    world.openNode({
      deps: ({ accountLog }) => ({
        accountLog: { contribute: (contributor) => accountLog.contribute(plant?.(contributor) ?? contributor) },
      }),
    });
  const nodes = [await openNode(), await openNode()] as const;
  const stage: ContributorStage<"matching", Tab, Act> = {
    name: "matching",
    acts: anyAct,
    runs: 6,
    patienceMs,
    async newPeople() {
      await world.clear();
      return world.newAccounts(4);
    },
    connect: (node, accountId) => nodes[node].connect(accountId),
    createModel: () => new ModelMatch(),
    async act({ is, who, node }, devices) {
      const tab = devices[who]?.[node] as Tab;
      if (is === "request") return tab.request();
      if (is === "cancel") return tab.cancel();
      if (is === "leave" || is === "next") {
        const { match } = await tab.run("match.get", {});
        if (match.state !== "matched") return null;
        return is === "next" ? tab.next(match.roomId) : tab.run("room.leave", { roomId: match.roomId });
      }
      return world.pass(500);
    },
    setLoss(losesAll) {
      world.hub.lossRate = losesAll ? 1 : 0;
    },
    heal: () => world.pass(2_000),
  };
  const close = () => {
    for (const node of nodes) node.kill();
  };
  return { stage, close };
}

test("where one stands: what was told becomes what is true, by one sync as by the pushes", async () => {
  const { stage, close } = await openStage();
  const result = await assertContributor(stage);
  close();
  expect(result.compared).toBeGreaterThan(20);
  expect(result.stayed).toBe(24);
}, 240_000);

describe("a contributor that lies is found:", () => {
  const idle: SyncPart<"matching"> = { match: { state: "idle", reason: "none" } };
  const plants: Record<string, Plant> = {
    "one that tells nothing afresh": (real) => ({ ...real, snapshot: async () => idle }),
    "one that says that nothing changed": (real) => ({ ...real, changesSince: async () => idle }),
  };

  test.each(Object.keys(plants))(
    "%s",
    async (name) => {
      const { stage, close } = await openStage({ plant: plants[name] as Plant, patienceMs: 200 });
      await expect(assertContributor(stage)).rejects.toThrow("is not the fresh state");
      close();
    },
    240_000,
  );
});
