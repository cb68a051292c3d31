import type { AccountPush, Clock, Push } from "@maru/protocol";
import { PeriodicTask } from "../periodic-task.ts";
import type { AccountContributor, AccountRevs } from "./contributor.ts";

/** Named when rooms alone pushed on it; nodes of the version before still do, and listen. */
const subject = "rooms.accounts";

/** How often the logs of connected accounts are compared with the database, in ms, and how many in one question. */
const compareEveryMs = 5_000;
const batchAccounts = 2_000;

export type AccountPushesDeps = {
  readonly db: { readonly sql: Bun.SQL };
  readonly bus: {
    publish(subject: string, payload: string): void;
    subscribe(subject: string, handle: (payload: string) => void): Promise<() => unknown>;
    onReconnect(listen: () => void): unknown;
  };
  readonly sockets: {
    /** Pushes to all sockets of an account on this node. */
    pushToAccount(accountId: string, push: Push): void;
    connectionsOf(accountId: string): Iterable<unknown>;
  };
  readonly clock: Clock;
  readonly log: Record<"warn" | "error", (message: string, fields?: Record<string, unknown>) => void>;
  /** Distinguishes this process from the others on the bus. */
  readonly nodeId: string;
  readonly revs: AccountRevs;
};

export type PushedListener = (accountId: string, push: AccountPush) => void;

/** Brings numbered changes to the devices of their account on all nodes, and finds by comparison what the bus lost. */
export class AccountPushes {
  readonly #deps: AccountPushesDeps;
  readonly #contributors: () => Iterable<AccountContributor>;
  /** Up to which rev the devices of an account on this node were pushed to without a gap, since one of them synced. */
  readonly #pushedRevs = new Map<string, number>();
  readonly #listeners: PushedListener[] = [];
  readonly #comparing: PeriodicTask;
  #end: (() => unknown) | null = null;

  constructor(deps: AccountPushesDeps, contributors: () => Iterable<AccountContributor>) {
    this.#deps = deps;
    this.#contributors = contributors;
    this.#comparing = new PeriodicTask(
      deps.clock,
      compareEveryMs,
      () => this.compare(),
      (error) => deps.log.warn("logs of accounts could not be compared", { error }),
    );
  }

  async start(): Promise<void> {
    this.#end = await this.#deps.bus.subscribe(subject, (payload) => this.#receive(payload));
    this.#deps.bus.onReconnect(() => this.#comparing.wake());
    this.#comparing.start();
  }

  close(): void {
    this.#end?.();
    this.#end = null;
    void this.#comparing.stop();
  }

  listen(listener: PushedListener): void {
    this.#listeners.push(listener);
  }

  publish(accountId: string, pushes: readonly AccountPush[]): void {
    if (pushes.length === 0) return;
    const { bus, nodeId } = this.#deps;
    this.#deliver(accountId, pushes);
    bus.publish(subject, `${nodeId}\n${accountId}\n${JSON.stringify(pushes)}`);
  }

  /** Notes that a device of an account on this node knows its log up to a rev. */
  noteSynced(accountId: string, rev: number): void {
    if (!this.#pushedRevs.has(accountId)) this.#pushedRevs.set(accountId, rev);
  }

  /**
   * Compares the logs of connected accounts with the database, and pushes to their devices here what got lost on the way. A
   * number that has gone back is another numbering's, such as after a promotion: all that is numbered is told again.
   */
  async compare(): Promise<void> {
    const { db, revs, log } = this.#deps;
    try {
      const connected = [...this.#pushedRevs.keys()].filter((accountId) => this.#isHere(accountId));
      for (let i = 0; i < connected.length; i += batchAccounts) {
        const accountIds = connected.slice(i, i + batchAccounts);
        const before = new Map(accountIds.map((accountId) => [accountId, this.#pushedRevs.get(accountId) ?? 0]));
        const stored = await revs.list(db.sql, accountIds);
        for (const [accountId, rev] of stored)
          if (rev < (before.get(accountId) ?? 0)) this.#pushedRevs.set(accountId, 0);
        const behind = [...stored].filter(([accountId, rev]) => rev > (this.#pushedRevs.get(accountId) ?? rev));
        await Promise.all(behind.map(([accountId, rev]) => this.#heal(accountId, rev)));
      }
    } catch (error) {
      log.warn("logs of accounts could not be compared", { error });
    }
  }

  /** A part that fails keeps back neither the other parts nor other accounts, and is asked again at the next beat. */
  async #heal(accountId: string, storedRev: number): Promise<void> {
    const from = this.#pushedRevs.get(accountId) ?? 0;
    const missed: AccountPush[] = [];
    let isWhole = true;
    for (const contributor of this.#contributors()) {
      if (!contributor.toPushes) continue;
      const { name } = contributor;
      try {
        missed.push(...contributor.toPushes(await contributor.changesSince({ accountId, rev: from, held: null })));
      } catch (error) {
        isWhole = false;
        this.#deps.log.warn("What an account's devices lack could not be read; it is read again.", {
          part: name,
          error,
        });
      }
    }
    this.#deliver(
      accountId,
      missed.sort((a, b) => a.accountRev - b.accountRev),
    );
    this.#pushedRevs.set(accountId, isWhole ? Math.max(storedRev, this.#pushedRevs.get(accountId) ?? 0) : from);
  }

  #deliver(accountId: string, pushes: readonly AccountPush[]): void {
    const pushedRev = this.#pushedRevs.get(accountId);
    if (pushedRev !== undefined && pushes.some((push) => push.accountRev === pushedRev + 1))
      this.#pushedRevs.set(accountId, pushedRev + 1);
    for (const push of pushes) {
      this.#deps.sockets.pushToAccount(accountId, push);
      for (const listen of this.#listeners) listen(accountId, push);
    }
  }

  #receive(payload: string): void {
    const [nodeId, accountId = "", json = "[]"] = payload.split("\n");
    if (nodeId === this.#deps.nodeId) return;
    // Written by a node of ours; the schema is the sender's type.
    if (this.#isHere(accountId)) this.#deliver(accountId, JSON.parse(json) as AccountPush[]);
  }

  #isHere(accountId: string): boolean {
    for (const _ of this.#deps.sockets.connectionsOf(accountId)) return true;
    this.#pushedRevs.delete(accountId);
    return false;
  }
}
