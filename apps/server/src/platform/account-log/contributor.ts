import type { AccountPush, CommandInput, OlderSyncFields, SyncHeld, SyncPart, SyncPartName } from "@maru/protocol";

/** The position from which changes of a part are asked for. */
export type SinceAsked = {
  readonly accountId: string;
  /** Where the account's log stood for who asks: at this rev, which the log has reached. */
  readonly rev: number;
  /** What is held of the part; null for devices that stayed connected and hold what was pushed. */
  readonly held: readonly SyncHeld[] | null;
};

export type AccountSyncInput = CommandInput<"account.sync">;

/**
 * One feature's part of an account's own state. Old state + pushes = fresh state: whatever a device holds at a rev becomes,
 * with `changesSince` of that rev or with the pushes since, what `snapshot` returns. `testing/contributor-kit.ts` asserts it.
 */
export type AccountContributor<N extends SyncPartName = SyncPartName> = {
  readonly name: N;

  /**
   * What changed since; or all of it afresh, where that is too much to be sent one by one or what is held is not known.
   * With `held` null: everything that the log numbers, however much, and never afresh.
   */
  changesSince(asked: SinceAsked): Promise<SyncPart<N>>;

  /** Everything, for who holds nothing. At least as new as the log stood when this was called. */
  snapshot(accountId: string): Promise<SyncPart<N>>;

  /**
   * Maps changes to the pushes that the devices of an account lack when the bus lost them. Left out by a state without
   * numbers in the log, which pushes and heals by itself.
   */
  toPushes?(part: SyncPart<N>): readonly AccountPush[];

  /** How the part is sent to clients that name no parts; left out by parts that such clients never knew. */
  readonly older?: {
    readHeld(input: AccountSyncInput): readonly SyncHeld[];
    present(part: SyncPart<N>, accountId: string, input: AccountSyncInput): Promise<Partial<OlderSyncFields>>;
  };
};

/** Numbers of accounts' logs, kept with the accounts. */
export type AccountRevs = {
  /** Takes the next number of each account; locks the accounts in order of id until the transaction ends. */
  take(tx: Bun.SQL, accountIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Reads where each account stands. */
  list(sql: Bun.SQL, accountIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
};
