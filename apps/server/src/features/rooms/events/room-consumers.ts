import type { RoomKind, Timer } from "@maru/protocol";
import { PeriodicTask } from "../../../platform/periodic-task.ts";
import type { RoomChanges } from "../log/changes.ts";
import { runWrite } from "../log/retry.ts";
import type { RoomAspect, RoomConsumer } from "./consumer.ts";
import { backlogSubject, ConsumerRunner, type ConsumerRunnerDeps, type HandOverSteps } from "./consumer-runner.ts";
import { listBacklogs, routeLimit, routePending } from "./store-backlogs.ts";
import { removeRetired, saveConsumers } from "./store-consumers.ts";

/** How often a worker looks for rooms that changed without being woken, in ms: what a kill or the bus lost waits no longer. */
const lookEveryMs = 1_000;
/** How long every-change consumers let changes gather, in ms: a busy room is handed over so many times a second at most. */
const gatherMs = 50;
/** How often this program says that it still has its consumers, in ms. */
const renewEveryMs = 3_600_000;
const wakeSubject = "rooms.pending";

/** Steps that tests replace by faulty ones; see {@link HandOverSteps}. */
export type DispatchFaults = Partial<HandOverSteps & { readonly routePending: typeof routePending }>;

type Registered = RoomConsumer & { readonly runner: ConsumerRunner };

/**
 * Hands what happened in rooms to the consumers of features above: at least once, in order of rev for each room, on one node at
 * a time. A change is noted in its own transaction; from there it moves to each consumer's backlog, and is taken from it with
 * the consumer's position. What is said in memory or over the bus only makes it quick.
 */
export class RoomConsumers {
  readonly #deps: ConsumerRunnerDeps;
  readonly #faults: DispatchFaults;
  readonly #consumers = new Map<string, Registered>();
  readonly #looking: PeriodicTask;
  readonly #aspects = new Set<RoomAspect>();
  #lags: ReadonlyMap<string, number> = new Map();
  #isDispatching = false;
  #ends: readonly (() => unknown)[] = [];
  #gathering: Timer | null = null;

  constructor(deps: ConsumerRunnerDeps, faults: DispatchFaults = {}) {
    this.#deps = deps;
    this.#faults = faults;
    this.#looking = new PeriodicTask(
      deps.clock,
      lookEveryMs,
      () => this.#look(),
      (error) => deps.log.warn("What happened in rooms could not be handed on.", { error }),
    );
    deps.jobs.register({ name: "rooms.consumers", everyMs: renewEveryMs, run: () => this.#renew() });
  }

  /** Adds a consumer; before {@link start}. */
  register(consumer: RoomConsumer): void {
    if (this.#consumers.has(consumer.name)) throw new Error(`Two consumers of rooms are called ${consumer.name}.`);
    const runner = new ConsumerRunner(this.#deps, consumer, this.#faults);
    this.#consumers.set(consumer.name, { ...consumer, runner });
    this.#aspects.add(consumer.aspect);
  }

  /** Resolves when every change from now on is noted for the consumers, on every node. */
  async start(options: { readonly dispatches: boolean }): Promise<void> {
    await this.#save();
    if (!options.dispatches) return;
    this.#isDispatching = true;
    const { bus } = this.#deps;
    this.#ends = await Promise.all([
      bus.subscribe(wakeSubject, () => this.#looking.wake()),
      bus.subscribe(backlogSubject, (name) => this.#consumers.get(name)?.runner.wake()),
    ]);
    this.#looking.wake();
  }

  async stop(): Promise<void> {
    this.#isDispatching = false;
    for (const end of this.#ends) end();
    if (this.#gathering) this.#deps.clock.clearTimeout(this.#gathering);
    await this.#looking.stop();
    await Promise.all([...this.#consumers.values()].map(({ runner }) => runner.stop()));
  }

  /** Handles of committed changes, so that they need not wait for the next look. */
  noteChanges(list: readonly RoomChanges[]): void {
    if (this.#aspects.has("state") && list.some(({ changes }) => changes.some(isOfState))) this.wake();
    if (this.#aspects.has("change") && list.length > 0) this.#wakeSoon();
  }

  /** Receives that something was said in rooms that a member had put away. */
  noteUnhide(): void {
    if (this.#aspects.has("unhide")) this.wake();
  }

  /** Looks for rooms that changed now, here or where it is done. */
  wake(): void {
    if (this.#isDispatching) this.#looking.wake();
    else this.#deps.bus.publish(wakeSubject, "");
  }

  /** How far each consumer is behind, in seconds, by the last look of a worker, and what it took and failed at here. */
  stats() {
    return [...this.#consumers.values()].map(({ name, runner: { takenCount, failedCount } }) => ({
      ...{ consumer: name, takenCount, failedCount },
      lagSeconds: (this.#lags.get(name) ?? 0) / 1_000,
    }));
  }

  #wakeSoon(): void {
    this.#gathering ??= this.#deps.clock.setTimeout(() => {
      this.#gathering = null;
      this.wake();
    }, gatherMs);
  }

  async #look(): Promise<void> {
    const { sql } = this.#deps.db;
    const route = this.#faults.routePending ?? routePending;
    while ((await route(sql)) === routeLimit);
    const backlogs = await listBacklogs(sql, [...this.#consumers.keys()]);
    this.#lags = new Map(backlogs.map(({ consumer, lagMs }) => [consumer, lagMs]));
    for (const { consumer, isDue } of backlogs) if (isDue) this.#consumers.get(consumer)?.runner.call();
  }

  #save(): Promise<void> {
    const rows = [...this.#consumers.values()].flatMap(({ name, kinds, aspect }) =>
      kinds.map((kind: RoomKind) => ({ name, kind, aspect })),
    );
    return runWrite(() => this.#deps.db.transaction((tx) => saveConsumers(tx, rows)));
  }

  async #renew(): Promise<void> {
    await this.#save();
    await removeRetired(this.#deps.db.sql);
  }
}

const isOfState = ({ push }: { readonly push: string }) => push === "room.updated";
