import type {
  AccountPush,
  CommandOutput,
  OlderSyncFields,
  SyncHeld,
  SyncPart,
  SyncPartName,
  SyncParts,
} from "@maru/protocol";
import { BatchLoader } from "../batch-loader.ts";
import { describeDatabaseFault } from "../db/faults.ts";
import { MaruError } from "../errors.ts";
import { AccountPushes, type AccountPushesDeps, type PushedListener } from "./account-pushes.ts";
import type { AccountContributor, AccountSyncInput } from "./contributor.ts";

/** Accounts that the database is asked about at once: ten thousand who come back do not ask one by one. */
const batchAccounts = 200;

export type AccountLogDeps = AccountPushesDeps & {
  /** Identity of the numbering that account revs belong to: those of another one do not compare. */
  readonly epoch: () => string;
};

export type AccountLogGateway = {
  command(
    name: "account.sync",
    handle: (
      connection: { readonly accountId: string },
      input: AccountSyncInput,
    ) => Promise<CommandOutput<"account.sync">>,
  ): void;
};

/**
 * An account's own log: the only place that takes its numbers, returns what changed since one of them, and pushes what is
 * numbered. Of what the parts are it knows nothing: features contribute them.
 */
export class AccountLog {
  readonly #deps: AccountLogDeps;
  readonly #contributors = new Map<SyncPartName, AccountContributor>();
  readonly #revs: BatchLoader<string, number>;
  readonly #pushes: AccountPushes;

  constructor(deps: AccountLogDeps) {
    this.#deps = deps;
    this.#revs = new BatchLoader(batchAccounts, (accountIds) => deps.revs.list(deps.db.sql, accountIds));
    this.#pushes = new AccountPushes(deps, () => this.#contributors.values());
  }

  /** Takes a contributor in; a name twice is a mistake of ours. */
  contribute<N extends SyncPartName>(contributor: AccountContributor<N>): void {
    const { name } = contributor;
    if (this.#contributors.has(name)) throw new Error(`Two features contribute ${name} to the account log.`);
    this.#contributors.set(name, contributor as unknown as AccountContributor);
  }

  /** Registers the command of the log. */
  register(gateway: AccountLogGateway): void {
    gateway.command("account.sync", ({ accountId }, input) => this.sync(accountId, input));
  }

  start(): Promise<void> {
    return this.#pushes.start();
  }

  close(): void {
    this.#pushes.close();
  }

  /** Takes the next number of each account's log; the last step of a transaction that changed something numbered. */
  take(tx: Bun.SQL, accountIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#deps.revs.take(tx, [...new Set(accountIds)].sort());
  }

  /** Pushes numbered changes to the account's devices on all nodes, after their commit. What gets lost, the comparison finds. */
  publish(accountId: string, pushes: readonly AccountPush[]): void {
    this.#pushes.publish(accountId, pushes);
  }

  /** Calls with each numbered change that was pushed to an account's devices on this node. */
  onPushed(listener: PushedListener): void {
    this.#pushes.listen(listener);
  }

  /** Compares connected accounts with the database now rather than at the next beat. */
  compare(): Promise<void> {
    return this.#pushes.compare();
  }

  /**
   * Answers `account.sync`. The account's rev is read before the parts, so they are at least as new as it says; pushes
   * of what came in between only repeat.
   */
  async sync(accountId: string, input: AccountSyncInput): Promise<CommandOutput<"account.sync">> {
    const epoch = this.#deps.epoch();
    const toRev = (await this.#revs.load(accountId)) ?? 0;
    const account = input.account;
    const rev = account !== undefined && account.epoch === epoch && account.rev <= toRev ? account.rev : null;
    const read = (contributor: AccountContributor, held: readonly SyncHeld[] | null) =>
      rev === null || held === null
        ? contributor.snapshot(accountId)
        : contributor.changesSince({ accountId, rev, held });
    const answer = input.parts
      ? { epoch, toRev, parts: await this.#readParts(input.parts, read) }
      : { epoch, toRev, ...(await this.#readOlder(accountId, input, read)) };
    this.#pushes.noteSynced(accountId, toRev);
    return answer;
  }

  /** A part that fails by a mistake of ours is left out, as one that nobody knows: asked for afresh the next time, it keeps no other back. */
  async #readParts(parts: NonNullable<AccountSyncInput["parts"]>, read: Reader): Promise<SyncParts> {
    const entries = [...this.#contributors.values()].map(async (contributor) => {
      const { name } = contributor;
      const held = Object.hasOwn(parts, name) ? parts[name] : undefined;
      try {
        return held === undefined ? [] : [[name, await read(contributor, held)] as const];
      } catch (error) {
        // What passes by itself is answered with an error, and asked again.
        if (error instanceof MaruError || describeDatabaseFault(error)) throw error;
        this.#deps.log.error("A part of an account's state could not be told.", { part: name, error });
        return [];
      }
    });
    return Object.fromEntries((await Promise.all(entries)).flat()) as SyncParts;
  }

  /** The parts as clients know them that name none. */
  async #readOlder(accountId: string, input: AccountSyncInput, read: Reader): Promise<OlderSyncFields> {
    const fields = [...this.#contributors.values()].map(async (contributor) => {
      const { older } = contributor;
      return older?.present(await read(contributor, older.readHeld(input)), accountId, input);
    });
    // All of its fields are there once each feature of the version before contributes; a test of the whole holds it to that.
    return Object.assign({}, ...(await Promise.all(fields))) as OlderSyncFields;
  }
}

type Reader = (contributor: AccountContributor, held: readonly SyncHeld[] | null) => Promise<SyncPart>;
