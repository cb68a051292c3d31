import type { Presence, SyncPart } from "@maru/protocol";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";
import { BatchLoader } from "../../platform/batch-loader.ts";
import { PeriodicTask } from "../../platform/periodic-task.ts";
import type { PresenceDeps } from "./ports.ts";
import { listPresences } from "./store.ts";

/** How often accounts that look away from here are looked up again, in ms: what the bus lost, and nodes that died. */
const lookEveryMs = 5_000;
const batchAccounts = 1_000;

type OwnPresence = SyncPart<"presence">["presence"];

/**
 * How accounts are seen by others, pushed to themselves: the only thing of presence that is an account's own state. Pushed to those
 * who ask for it, and from then on to all their devices on this node. Costs nothing while a device here is in use, since
 * that alone makes an account online.
 */
export class OwnPresences {
  readonly #deps: PresenceDeps;
  readonly #isInUse: (accountId: string) => boolean;
  /** How an account was last notified that it is seen. */
  readonly #notified = new Map<string, OwnPresence>();
  readonly #presences: BatchLoader<string, Presence>;
  readonly #looking: PeriodicTask;

  /** `isInUse` says whether a device of an account is in use on this node. */
  constructor(deps: PresenceDeps, isInUse: (accountId: string) => boolean) {
    this.#deps = deps;
    this.#isInUse = isInUse;
    this.#presences = new BatchLoader(batchAccounts, (accountIds) => listPresences(deps.db.sql, accountIds));
    this.#looking = new PeriodicTask(
      deps.clock,
      lookEveryMs,
      async () => (deps.isBusy() ? undefined : this.lookAgain([...this.#notified.keys()])),
      (error) => deps.log.warn("How people are seen could not be read; it is looked up again.", { error }),
    );
  }

  start(): void {
    this.#looking.start();
  }

  stop(): void {
    void this.#looking.stop();
  }

  /** The part of the account log. It takes no number there: it is as droppable as all of presence, and heals by itself. */
  get contributor(): AccountContributor<"presence"> {
    const snapshot = async (accountId: string) => {
      const presence = await this.#find(accountId);
      this.#notified.set(accountId, presence);
      return { presence };
    };
    return { name: "presence", changesSince: ({ accountId }) => snapshot(accountId), snapshot };
  }

  /** Forgets an account whose last device here is gone: whoever comes back asks again. */
  closed(accountId: string): void {
    this.#isHere(accountId);
  }

  /** Notes that the presence of accounts may have changed. */
  stir(accountIds: readonly string[]): void {
    const asking = accountIds.filter((accountId) => this.#notified.has(accountId));
    this.lookAgain(asking).catch((error: unknown) => {
      this.#deps.log.warn("How people are seen could not be read; it is looked up again.", { error });
    });
  }

  /** Pushes to accounts how they are seen now, where that is not what was pushed last. */
  async lookAgain(accountIds: readonly string[]): Promise<void> {
    await Promise.all(accountIds.map((accountId) => this.#look(accountId)));
  }

  async #look(accountId: string): Promise<void> {
    if (!this.#isHere(accountId)) return;
    const presence = await this.#find(accountId);
    if (!this.#isHere(accountId) || this.#notified.get(accountId) === presence) return;
    this.#notified.set(accountId, presence);
    this.#deps.sockets.pushToAccount(accountId, { push: "own_presence.changed", presence });
  }

  /** Who asks is connected, so never offline, whatever is written of them yet. */
  async #find(accountId: string): Promise<OwnPresence> {
    if (this.#isInUse(accountId)) return "online";
    return (await this.#presences.load(accountId)) === "online" ? "online" : "away";
  }

  #isHere(accountId: string): boolean {
    for (const _ of this.#deps.sockets.connectionsOf(accountId)) return true;
    this.#notified.delete(accountId);
    return false;
  }
}
