import { type AccountLimits, type Clock, type Push, usualAccountLimits } from "@maru/protocol";
import type { AccountContributor } from "../account-log/contributor.ts";
import { BatchLoader } from "../batch-loader.ts";
import { PeriodicTask } from "../periodic-task.ts";
import type { LimitsOf, LimitsSource } from "./limits-source.ts";

const subject = "limits.changed";

/** How often the limits of connected accounts are read again, in ms: what ended by time, and what the bus lost. */
const lookEveryMs = 5_000;
const batchAccounts = 1_000;

export type AccountLimitsDeps = {
  readonly bus: {
    publish(subject: string, payload: string): void;
    subscribe(subject: string, handle: (payload: string) => void): Promise<() => unknown>;
    onReconnect(listen: () => void): unknown;
  };
  readonly sockets: {
    pushToAccount(accountId: string, push: Push): void;
    connectionsOf(accountId: string): Iterable<unknown>;
  };
  readonly clock: Clock;
  readonly log: { warn(message: string, fields?: Record<string, unknown>): void };
};

type Held = {
  /** As they were told last; null until they are known. */
  limits: AccountLimits | null;
  reading: Promise<AccountLimits> | null;
  /** True when they changed after the reading began. */
  isStale: boolean;
};

/**
 * What each account may, on every node: the usual limits, or what a source grants. Without a source nothing is held and
 * nothing is asked. With one, an account is read when it is first asked about and held while it is connected; a change
 * goes to the devices of the account on all nodes.
 */
export class AccountLimitsCache {
  readonly #deps: AccountLimitsDeps;
  readonly #held = new Map<string, Held>();
  readonly #loader: BatchLoader<string, Partial<AccountLimits>>;
  readonly #looking: PeriodicTask;
  #source: LimitsSource | null = null;
  #end: (() => unknown) | null = null;

  constructor(deps: AccountLimitsDeps) {
    this.#deps = deps;
    this.#loader = new BatchLoader(batchAccounts, async (ids) => (await this.#source?.list(ids)) ?? new Map());
    this.#looking = new PeriodicTask(
      deps.clock,
      lookEveryMs,
      () => this.look(),
      (error) => this.#warn(error),
    );
  }

  /** Takes in who says what is granted, before the start. */
  register(source: LimitsSource): void {
    if (this.#source) throw new Error("Two features grant limits.");
    this.#source = source;
  }

  readonly of: LimitsOf = (accountId, tx) => {
    if (!this.#source) return usualAccountLimits;
    return this.#held.get(accountId)?.limits ?? (tx ? this.#readIn(tx, accountId) : this.#read(accountId));
  };

  /** The part of the account log. It takes no number there: it is told whole, and what the bus loses is found by looking. */
  get contributor(): AccountContributor<"limits"> {
    const snapshot = async (accountId: string) => ({ limits: { ...(await this.of(accountId)) } });
    return { name: "limits", changesSince: ({ accountId }) => snapshot(accountId), snapshot };
  }

  async start(): Promise<void> {
    if (!this.#source) return;
    this.#end = await this.#deps.bus.subscribe(subject, (payload) => this.#stir(payload.split(",")));
    this.#deps.bus.onReconnect(() => this.#looking.wake());
    this.#looking.start();
  }

  async stop(): Promise<void> {
    this.#end?.();
    await this.#looking.stop();
  }

  /** Publishes that what is granted to accounts changed; called after the commit. Their devices on all nodes are notified. */
  changed(accountIds: readonly string[]): void {
    if (accountIds.length === 0) return;
    this.#stir(accountIds);
    this.#deps.bus.publish(subject, accountIds.join(","));
  }

  /** Reads accounts again that are connected here, and forgets the others. */
  async look(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((accountId) => this.#lookAt(accountId)));
  }

  #stir(accountIds: readonly string[]): void {
    for (const accountId of accountIds) {
      this.#lookAt(accountId).catch((error: unknown) => this.#warn(error));
    }
  }

  async #lookAt(accountId: string): Promise<void> {
    const held = this.#held.get(accountId);
    if (!held) return;
    // One that is being read is about to be connected, or to be asked about at once.
    if (held.reading) held.isStale = true;
    else if (!this.#isHere(accountId)) this.#held.delete(accountId);
    if (this.#held.has(accountId)) await this.#read(accountId);
  }

  async #readIn(tx: Bun.SQL, accountId: string): Promise<AccountLimits> {
    const granted = await this.#source?.list([accountId], tx);
    return { ...usualAccountLimits, ...granted?.get(accountId) };
  }

  #read(accountId: string): Promise<AccountLimits> {
    const held = this.#held.get(accountId) ?? { limits: null, reading: null, isStale: false };
    this.#held.set(accountId, held);
    held.reading ??= this.#readUntilFresh(accountId, held).finally(() => {
      held.reading = null;
      if (!held.limits) this.#held.delete(accountId);
    });
    return held.reading;
  }

  async #readUntilFresh(accountId: string, held: Held): Promise<AccountLimits> {
    do {
      held.isStale = false;
      const granted = await this.#loader.load(accountId);
      const limits = { ...usualAccountLimits, ...granted };
      const before = held.limits;
      held.limits = limits;
      if (before && !isSame(before, limits))
        this.#deps.sockets.pushToAccount(accountId, { push: "limits.changed", limits });
    } while (held.isStale);
    return held.limits;
  }

  #isHere(accountId: string): boolean {
    for (const _ of this.#deps.sockets.connectionsOf(accountId)) return true;
    return false;
  }

  #warn(error: unknown): void {
    this.#deps.log.warn("What accounts may could not be read; it stays as it was and is read again.", { error });
  }
}

function isSame(one: AccountLimits, other: AccountLimits): boolean {
  return (Object.keys(one) as (keyof AccountLimits)[]).every((name) => one[name] === other[name]);
}
