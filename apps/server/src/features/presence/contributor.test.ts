import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Push, SyncPart } from "@maru/protocol";
import * as fc from "fast-check";
import { assertContributor, type ContributorStage, type PartModel } from "../../testing/contributor-kit.ts";
import { type Device, openPresenceWorld, type Plant, type PresenceWorld } from "./fixtures/presence.fixture.ts";

let world: PresenceWorld;
beforeAll(async () => {
  world = await openPresenceWorld();
});
afterAll(() => world.database.close());

/** How an account is seen, as its owner's client holds it. */
class ModelPresence implements PartModel<"presence"> {
  readonly held = [];

  constructor(public picture: string | null = null) {}

  take({ presence }: SyncPart<"presence">): void {
    this.picture = presence;
  }

  hear(push: Push): void {
    if (push.push === "own_presence.changed") this.picture = push.presence;
  }

  fork(): ModelPresence {
    return new ModelPresence(this.picture);
  }
}

const anyAct = fc.record({
  is: fc.constantFrom("away", "away", "sleep", "online", "pass"),
  who: fc.nat(1),
  which: fc.nat(20),
});
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;

async function openStage({ plant, patienceMs = 5_000 }: { plant?: Plant; patienceMs?: number } = {}) {
  const nodes = await world.openNodes(plant);
  const open = new Map<Device, (typeof nodes)[number]>();
  let people: string[] = [];
  /** Lets time pass, and what it brings about reach the database. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      await world.clock.advance(250);
      for (let i = 0; i < 3; i++) await world.database.db.sql`select 1`;
    }
  };
  const stage: ContributorStage<"presence", Device, Act> = {
    name: "presence",
    acts: anyAct,
    runs: 8,
    patienceMs,
    async newPeople() {
      open.clear();
      people = [await world.newAccount(), await world.newAccount()];
      return people;
    },
    connect(node, accountId) {
      const device = nodes[node].connect(accountId);
      open.set(device, nodes[node]);
      return device;
    },
    createModel: () => new ModelPresence(),
    async act({ is, who, which }) {
      const own = [...open].filter(([device]) => device.accountId === people[who]);
      const chosen = is === "sleep" ? own : [own[which % own.length] as (typeof own)[number]];
      if (is === "pass") return pass(500);
      for (const [device, node] of chosen) await node.set(device, is === "online" ? "online" : "away");
    },
    setLoss(losesAll) {
      world.hub.isCut = losesAll;
    },
    heal: () => pass(12_000),
  };
  return stage;
}

test("how one is seen: what was told becomes what is true, by one sync as by the pushes", async () => {
  const result = await assertContributor(await openStage());
  expect(result.compared).toBeGreaterThan(20);
  expect(result.stayed).toBe(16);
}, 120_000);

describe("a contributor that lies is found:", () => {
  const plants: Record<string, Plant> = {
    "one that tells what it told first": (real) => {
      const first = new Map<string, SyncPart<"presence">>();
      const lie = async (accountId: string, part: Promise<SyncPart<"presence">>) => {
        const told = first.get(accountId) ?? (await part);
        first.set(accountId, told);
        return told;
      };
      return { ...real, snapshot: (accountId) => lie(accountId, real.snapshot(accountId)) };
    },
    "one that says that nothing changed": (real) => ({
      ...real,
      changesSince: async () => ({ presence: "online" }),
    }),
  };

  test.each(Object.keys(plants))(
    "%s",
    async (name) => {
      const stage = await openStage({ plant: plants[name] as Plant, patienceMs: 200 });
      await expect(assertContributor(stage)).rejects.toThrow("is not the fresh state");
    },
    120_000,
  );
});

test("who has a device in use here is told so without a question, and who has none is looked up", async () => {
  const [here, there] = await world.openNodes();
  const accountId = await world.newAccount();
  const [phone, laptop] = [here.connect(accountId), there.connect(accountId)];
  const ask = async (device: Device) => {
    const answer = await device.run("account.sync", { parts: { presence: null } });
    return "parts" in answer ? answer.parts.presence?.presence : undefined;
  };
  expect(await ask(phone)).toBe("online");
  await here.set(phone, "away");
  expect(await ask(laptop)).toBe("online");
  await there.set(laptop, "away");
  const told: string[] = [];
  phone.onPush((push) => void (push.push === "own_presence.changed" && told.push(push.presence)));
  await world.seen("away on all devices", () => told.at(-1) === "away");
  await there.set(laptop, "online");
  await world.seen("online again", () => told.at(-1) === "online");
  // Whoever comes back is told nothing that they did not ask for.
  phone.close();
  const again = here.connect(accountId);
  const unasked: Push[] = [];
  again.onPush((push) => unasked.push(push));
  await there.set(laptop, "away");
  await here.set(again, "away");
  await world.clock.advance(20_000);
  expect(unasked).toEqual([]);
  for (const device of [again, laptop]) device.close();
});
