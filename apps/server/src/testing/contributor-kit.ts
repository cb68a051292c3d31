import {
  type CommandArgument,
  type CommandOutput,
  type Push,
  type SyncHeld,
  type SyncPart,
  type SyncPartName,
  syncPartsOf,
} from "@maru/protocol";
import { eventually } from "@maru/testkit";
import * as fc from "fast-check";

/** A device of an account on one node. */
export type KitDevice = {
  run(name: "account.sync", d: CommandArgument<"account.sync">): Promise<CommandOutput<"account.sync">>;
  onPush(listen: (push: Push) => void): void;
  close(): void;
};

/** What a client holds of one part of an account, written from the protocol alone. */
export interface PartModel<N extends SyncPartName> {
  /** What it tells that it holds. */
  readonly held: readonly SyncHeld[];
  /** What its owner sees. */
  readonly picture: unknown;
  /** Takes what changed, or all of it afresh. */
  take(part: SyncPart<N>): Promise<void> | void;
  hear(push: Push): void;
  /** Watches what has to be watched for the pushes to come; after the first answer. */
  follow?(): Promise<void>;
  /** A copy that stays as it is: a client that is away from now on. */
  fork(): PartModel<N>;
}

/** A contributor on two nodes, the people whose state it is, and what they do. */
export type ContributorStage<N extends SyncPartName, D extends KitDevice, Act> = {
  readonly name: N;
  readonly acts: fc.Arbitrary<Act>;
  readonly runs: number;
  /** How long the last pushes may take to arrive, in ms. */
  readonly patienceMs: number;
  /** Makes the people of one story. */
  newPeople(): Promise<readonly string[]>;
  connect(node: 0 | 1, accountId: string): D;
  createModel(device: D): PartModel<N>;
  /** Does something; whoever may not is refused, which changes nothing. Devices are told by person and node. */
  act(act: Act, devices: readonly (readonly [D, D])[]): Promise<unknown>;
  /** Makes the bus lose everything, or nothing. */
  setLoss(losesAll: boolean): void;
  /** Lets both nodes find what they missed, as they do by themselves every few seconds. */
  heal(): Promise<void>;
};

/** What the stories came to: a kit that compared nothing proves nothing. */
export type KitResult = { readonly compared: number; readonly stayed: number; readonly lost: number };

type Position = { readonly epoch: string; readonly rev: number };
type Held<N extends SyncPartName> = {
  readonly person: number;
  readonly model: PartModel<N>;
  readonly at: Position;
  readonly known: readonly SyncHeld[];
};
type Step<Act> = { readonly is: "act"; readonly act: Act } | { readonly is: "hold" | "lose" | "find" };

/**
 * Asserts of a contributor to the account log that *old state + pushes = fresh state*, and that so is one sync from any
 * earlier position: people do whatever they do on two nodes over a bus that loses everything for a while, and every device,
 * those that stayed and those that were away, ends with what a device sees that holds nothing.
 */
export async function assertContributor<N extends SyncPartName, D extends KitDevice, Act>(
  stage: ContributorStage<N, D, Act>,
): Promise<KitResult> {
  const result = { compared: 0, stayed: 0, lost: 0 };
  const step: fc.Arbitrary<Step<Act>> = fc.oneof(
    { weight: 12, arbitrary: stage.acts.map((act) => ({ is: "act" as const, act })) },
    { weight: 2, arbitrary: fc.constant({ is: "hold" as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ is: "lose" as const }, { is: "find" as const }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (story) => {
      await playStory(stage, story, result);
    }),
    { seed: 42, numRuns: stage.runs, endOnFailure: true, timeout: 20_000, includeErrorInReport: true },
  );
  return result;
}

async function playStory<N extends SyncPartName, D extends KitDevice, Act>(
  stage: ContributorStage<N, D, Act>,
  story: readonly Step<Act>[],
  result: { compared: number; stayed: number; lost: number },
): Promise<void> {
  const people = await stage.newPeople();
  const devices = people.map((id) => [stage.connect(0, id), stage.connect(1, id)] as const);
  const stayers = people.map((id) => stage.connect(1, id));
  const models: PartModel<N>[] = [];
  for (const device of stayers) {
    const model = stage.createModel(device);
    device.onPush((push) => model.hear(push));
    await sync(stage.name, device, model, null);
    await model.follow?.();
    models.push(model);
  }
  const held: Held<N>[] = [];
  for (const step of story) {
    if (step.is === "act") await stage.act(step.act, devices);
    else if (step.is === "hold") held.push(...(await hold(stage, devices)));
    else {
      result.lost += step.is === "lose" ? 1 : 0;
      stage.setLoss(step.is === "lose");
    }
  }
  stage.setLoss(false);
  await stage.heal();
  for (const [person, [device]] of devices.entries()) {
    const fresh = stage.createModel(device);
    await sync(stage.name, device, fresh, null);
    for (const { model, at, known } of held.filter((each) => each.person === person)) {
      await sync(stage.name, device, model, { at, known });
      mustEqual(model.picture, fresh.picture, "one sync from an earlier position");
      result.compared++;
    }
    const model = models[person];
    const isFresh = () => Bun.deepEquals(model?.picture, fresh.picture);
    await eventually("a device that stayed holds the fresh state", isFresh, stage.patienceMs).catch(() => {});
    mustEqual(model?.picture, fresh.picture, "a device that stayed");
    result.stayed++;
  }
  for (const device of [...devices.flat(), ...stayers]) device.close();
}

/** Copies of what each person would hold now, with all they know and with no more than their position. */
async function hold<N extends SyncPartName, D extends KitDevice, Act>(
  stage: ContributorStage<N, D, Act>,
  devices: readonly (readonly [D, D])[],
): Promise<Held<N>[]> {
  const held: Held<N>[] = [];
  for (const [person, [device]] of devices.entries()) {
    const model = stage.createModel(device);
    const at = await sync(stage.name, device, model, null);
    for (const known of [model.held, []]) held.push({ person, at, known, model: model.fork() });
  }
  return held;
}

/** Asks for a part since a position, or for all of it, and gives the model what is answered. Returns the new position. */
async function sync<N extends SyncPartName>(
  name: N,
  device: KitDevice,
  model: PartModel<N>,
  since: { readonly at: Position; readonly known: readonly SyncHeld[] } | null,
): Promise<Position> {
  const parts = { [name]: since === null ? null : [...since.known] };
  const answer = await device.run("account.sync", since === null ? { parts } : { account: since.at, parts });
  const part = syncPartsOf(answer)[name];
  if (part === undefined) throw new Error(`${name} was asked for and left out of the answer`);
  await model.take(part as SyncPart<N>);
  return { epoch: answer.epoch, rev: answer.toRev };
}

function mustEqual(seen: unknown, fresh: unknown, what: string): void {
  if (Bun.deepEquals(seen, fresh)) return;
  throw new Error(`${what} is not the fresh state: ${JSON.stringify(seen)} instead of ${JSON.stringify(fresh)}`);
}
