import { beforeEach, describe, expect, test } from "bun:test";
import {
  type AccountLimits,
  type CommandArgument,
  commands,
  type Push,
  pushes,
  type SyncPart,
  usualAccountLimits,
} from "@maru/protocol";
import { FakeClock, settle } from "@maru/testkit";
import * as fc from "fast-check";
import {
  assertContributor,
  type ContributorStage,
  type KitDevice,
  type PartModel,
} from "../../testing/contributor-kit.ts";
import { FaultyHub, noBusFaults } from "../../testing/faulty-hub.ts";
import { AccountLog } from "../account-log/account-log.ts";
import type { AccountContributor } from "../account-log/contributor.ts";
import { AccountLimitsCache } from "./account-limits-cache.ts";

/** What is granted, as every node finds it in the database. */
const granted = new Map<string, Partial<AccountLimits>>();
const hub = new FaultyHub(noBusFaults);
const clock = new FakeClock();
/** Held back while it is set, so that a test can change something under a reading. */
let gate: Promise<void> | null = null;
let listed: string[][] = [];
beforeEach(() => {
  granted.clear();
  listed = [];
});

const source = {
  async list(accountIds: readonly string[]) {
    listed.push([...accountIds]);
    const found = new Map(accountIds.flatMap((id) => (granted.has(id) ? [[id, granted.get(id) ?? {}] as const] : [])));
    await gate;
    return found;
  },
};

class Device implements KitDevice {
  readonly told: Push[] = [];
  readonly #listeners: ((push: Push) => void)[] = [];
  constructor(
    readonly accountId: string,
    readonly run: KitDevice["run"],
    readonly close: () => void,
  ) {}
  onPush(listen: (push: Push) => void): void {
    this.#listeners.push(listen);
  }
  push(push: Push): void {
    this.told.push({ ...pushes[push.push].parse(push), push: push.push } as Push);
    for (const listen of this.#listeners) listen(push);
  }
}

type Plant = (real: AccountContributor<"limits">) => AccountContributor<"limits">;

async function openNode({ isGranting = true, plant = ((real) => real) as Plant } = {}) {
  const devices = new Set<Device>();
  const connectionsOf = (accountId: string) => [...devices].filter((device) => device.accountId === accountId);
  const sockets = {
    connectionsOf,
    pushToAccount(accountId: string, push: Push) {
      for (const device of connectionsOf(accountId)) device.push(push);
    },
  };
  const log = { warn: () => {}, error: () => {} };
  const limits = new AccountLimitsCache({ bus: hub.connect(), sockets, clock, log });
  if (isGranting) limits.register(source);
  const revs = { take: async () => new Map<string, number>(), list: async () => new Map<string, number>() };
  const bus = { publish() {}, subscribe: async () => () => {}, onReconnect() {} };
  const db = { sql: null as unknown as Bun.SQL };
  const accountLog = new AccountLog({ db, bus, sockets, clock, log, nodeId: "node", revs, epoch: () => "e" });
  accountLog.contribute(plant(limits.contributor));
  await limits.start();
  return {
    limits,
    connect(accountId: string): Device {
      const run = async (_name: "account.sync", d: CommandArgument<"account.sync">) => {
        const answer = await accountLog.sync(accountId, commands["account.sync"].input.parse(d));
        return commands["account.sync"].output.parse(JSON.parse(JSON.stringify(answer)));
      };
      const device: Device = new Device(accountId, run, () => devices.delete(device));
      devices.add(device);
      return device;
    },
  };
}

const toldCharacters = (device: Device) =>
  device.told.map((push) => (push.push === "limits.changed" ? push.limits["messageCharacters"] : push.push));

test("where nobody grants anything, everybody has the usual, nothing is asked and no promise is made", async () => {
  const { limits } = await openNode({ isGranting: false });
  expect(limits.of("anna")).toBe(usualAccountLimits);
  limits.changed(["anna"]);
  await clock.advance(10_000);
  expect(listed).toEqual([]);
});

test("an account is read once, by batch, and known at once from then on", async () => {
  granted.set("anna", { messageCharacters: 10_000 });
  const { limits, connect } = await openNode();
  for (const accountId of ["anna", "ben"]) connect(accountId);
  const both = await Promise.all([limits.of("anna"), limits.of("ben"), limits.of("anna")]);
  expect(both.map((each) => each.messageCharacters)).toEqual([10_000, 4_000, 10_000]);
  expect(listed).toEqual([["anna", "ben"]]);
  expect(limits.of("anna")).toEqual({ ...usualAccountLimits, messageCharacters: 10_000 });
  expect(listed.length).toBe(1);
});

test("a change is told to the devices of that account on every node, and holds there at once", async () => {
  const [here, there] = [await openNode(), await openNode()];
  const [phone, laptop, other] = [here.connect("anna"), there.connect("anna"), there.connect("ben")];
  await Promise.all([here.limits.of("anna"), there.limits.of("anna"), there.limits.of("ben")]);
  granted.set("anna", { messageCharacters: 8_000 });
  here.limits.changed(["anna"]);
  await clock.advance(0);
  expect([toldCharacters(phone), toldCharacters(laptop), other.told]).toEqual([[8_000], [8_000], []]);
  expect(there.limits.of("anna")).toMatchObject({ messageCharacters: 8_000 });
  // What comes to the same is told to nobody.
  here.limits.changed(["anna"]);
  await clock.advance(0);
  expect([phone.told.length, laptop.told.length]).toEqual([1, 1]);
});

test("what ended by time, and what the bus lost, is found by looking; who has gone is forgotten", async () => {
  const { limits, connect } = await openNode();
  const phone = connect("anna");
  connect("ben").close();
  await Promise.all([limits.of("anna"), limits.of("ben")]);
  granted.set("anna", { authSessions: 9 });
  await clock.advance(5_000);
  expect(phone.told).toMatchObject([{ push: "limits.changed", limits: { authSessions: 9 } }]);
  expect(listed.at(-1)).toEqual(["anna"]);
});

test("a change under a reading is read again before anybody is answered", async () => {
  const { limits, connect } = await openNode();
  connect("anna");
  const open = Promise.withResolvers<void>();
  gate = open.promise;
  const reading = limits.of("anna");
  await settle();
  granted.set("anna", { messageCharacters: 5_000 });
  limits.changed(["anna"]);
  gate = null;
  open.resolve();
  expect(await reading).toMatchObject({ messageCharacters: 5_000 });
});

test("what cannot be read is an error for who asks first, and stays as it was for who is known", async () => {
  const { limits, connect } = await openNode();
  connect("anna");
  const list = source.list;
  source.list = () => Promise.reject(new Error("away"));
  await expect(limits.of("anna") as Promise<AccountLimits>).rejects.toThrow("away");
  source.list = list;
  const known = await limits.of("anna");
  source.list = () => Promise.reject(new Error("away"));
  limits.changed(["anna"]);
  await settle();
  source.list = list;
  expect(limits.of("anna")).toBe(known);
});

test("within a transaction it is read by that transaction", async () => {
  const { limits } = await openNode();
  const seen: unknown[] = [];
  const { list } = source;
  source.list = (accountIds, ...rest: unknown[]) => {
    seen.push(...rest);
    return list(accountIds);
  };
  const tx = {} as Bun.SQL;
  expect(await limits.of("anna", tx)).toEqual(usualAccountLimits);
  source.list = list;
  expect(seen).toEqual([tx]);
});

class ModelLimits implements PartModel<"limits"> {
  readonly held = [];
  constructor(public picture: unknown = null) {}
  take({ limits }: SyncPart<"limits">): void {
    this.picture = limits;
  }
  hear(push: Push): void {
    if (push.push === "limits.changed") this.picture = push.limits;
  }
  fork(): ModelLimits {
    return new ModelLimits(this.picture);
  }
}

const anyAct = fc.record({ who: fc.nat(1), node: fc.nat(1), characters: fc.constantFrom(4_000, 6_000, 9_000) });
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;

async function openStage(plant?: Plant): Promise<ContributorStage<"limits", Device, Act>> {
  const nodes = [await openNode(plant && { plant }), await openNode(plant && { plant })] as const;
  let people: string[] = [];
  let peopleCount = 0;
  return {
    name: "limits",
    acts: anyAct,
    runs: 20,
    patienceMs: 200,
    async newPeople() {
      people = [`person ${++peopleCount}`, `person ${++peopleCount}`];
      return people;
    },
    connect: (node, accountId) => nodes[node].connect(accountId),
    createModel: () => new ModelLimits(),
    async act({ who, node, characters }) {
      const accountId = people[who] as string;
      granted.set(accountId, { messageCharacters: characters });
      nodes[node === 0 ? 0 : 1].limits.changed([accountId]);
      await clock.advance(0);
    },
    setLoss(losesAll) {
      hub.lossRate = losesAll ? 1 : 0;
    },
    heal: () => clock.advance(5_000),
  };
}

test("what an account may: what was told becomes what is true, by one sync as by the pushes", async () => {
  const result = await assertContributor(await openStage());
  expect(result.compared).toBeGreaterThan(40);
  expect(result.lost).toBeGreaterThan(5);
}, 60_000);

describe("a contributor that lies is found:", () => {
  test("one that says that everything is as usual", async () => {
    const stage = await openStage((real) => ({ ...real, changesSince: async () => ({ limits: usualAccountLimits }) }));
    await expect(assertContributor(stage)).rejects.toThrow("is not the fresh state");
  }, 60_000);
});
