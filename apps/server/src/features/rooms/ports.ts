import type {
  AccountPush,
  Alias,
  Block,
  Clock,
  CommandInput,
  CommandName,
  CommandOutput,
  Limits,
  Locale,
  Push,
} from "@maru/protocol";
import type { LimitsOf } from "../../platform/account-limits/limits-source.ts";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";
import type { Jobs } from "../../platform/jobs/jobs.ts";
import type { TakeShared } from "../../platform/shared-limits.ts";

/** The pool, or one transaction of it. */
export type Sql = Bun.SQL;

type DatabaseCalls = {
  readonly sql: Sql;
  transaction<T>(run: (tx: Sql) => Promise<T>): Promise<T>;
};

/** What rooms need of the database; see platform/db. */
export type RoomsDatabase = DatabaseCalls & {
  /** The same over connections that only batches of sends and read cursors hold. */
  readonly reserved: DatabaseCalls;
  /** False while nothing can be stored, as with a full disk. */
  readonly isWritable: boolean;
};

/** What rooms need of the bus: at most once, possibly late, doubled or out of order. */
export type RoomsBus = {
  publish(subject: string, payload: string): void;
  subscribe(subject: string, handle: (payload: string) => void): Promise<() => unknown>;
  /** Calls after the bus was away; what was published meanwhile may be lost. */
  onReconnect(listen: () => void): unknown;
};

export type RoomsLog = {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
};

export type Profile = { readonly nickname: string; readonly avatarSeed: string };

/** A blocked person as the blocker saw them. */
export type BlockLabel = { readonly name?: string; readonly alias?: Alias; readonly avatarSeed: string };

/** What a block holds for: the person everywhere, or an alias in the room where it was made and in later matches. */
export type BlockScope = { readonly of: "person" } | { readonly of: "alias"; readonly roomId: string };

/** What rooms need of identity. Account ids are 32 hexadecimal digits, here and everywhere inside the server. */
export type IdentityPort = {
  getProfiles(accountIds: readonly string[]): Promise<ReadonlyMap<string, Profile>>;
  findAccountByNickname(nickname: string): Promise<string | null>;
  /** Stores a block; again in the same scope is the same block. Throws `member.not_found` for who is not there any more. */
  blockAccount(
    tx: Sql,
    block: { blockerId: string; blockedId: string; label: BlockLabel; scope: BlockScope },
  ): Promise<Block>;
  /** Returns whom a block of this blocker is about, and what it holds for; null when there is none. */
  findBlocked(
    sql: Sql,
    blockerId: string,
    blockId: string,
  ): Promise<{ readonly blockedId: string; readonly scope: { readonly of: "person" | "alias" } } | null>;
  unblockAccount(tx: Sql, blockerId: string, blockId: string): Promise<void>;
  /** Lists the blocks, in either direction, between any two of these accounts. */
  listBlocksAmong(
    sql: Sql,
    accountIds: readonly string[],
  ): Promise<readonly { blockerId: string; blockedId: string; scope: "person" | "alias" }[]>;
  /** Returns which of these accounts are there to be written about, and keeps them until the transaction ends. */
  lockLiving(tx: Sql, accountIds: readonly string[]): Promise<ReadonlySet<string>>;
  listBlocks(accountId: string): Promise<Block[]>;
  /** Notifies other features of a block, or of its end, once it is committed. */
  announceBlocked(pair: { blockerId: string; blockedId: string }): void;
  announceUnblocked(pair: { blockerId: string; blockedId: string }): void;
};

/** What rooms need of the account log: its numbers, and pushes of what has one. */
export type AccountLogPort = {
  contribute(contributor: AccountContributor<"rooms">): void;
  /** Takes the next number of each account's own log; locks the accounts in order of id until the transaction ends. */
  take(tx: Sql, accountIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Pushes numbered changes to the account's devices on all nodes, after their commit. */
  publish(accountId: string, pushes: readonly AccountPush[]): void;
  /** Calls with each numbered change that was pushed to an account's devices on this node. */
  onPushed(listen: (accountId: string, push: AccountPush) => void): void;
};

/** A socket as rooms see it. */
export type RoomsConnection = {
  readonly id: string;
  /** 32 hexadecimal digits. */
  readonly accountId: string;
  /** The language of the person on this device. */
  readonly locale: Locale;
  /** False once the right of the connection has ended. */
  readonly isOpen: boolean;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Pushes in one frame, to be applied in their order. */
  push(...pushes: readonly Push[]): void;
  /** A value kept with the connection, made when first asked for. */
  slot<T>(key: symbol, create: () => T): T;
};

export type CommandHandler<N extends CommandName> = (
  connection: RoomsConnection,
  input: CommandInput<N>,
) => Promise<CommandOutput<N>> | CommandOutput<N>;

/** What rooms need of the gateway to push. */
export type RoomsSockets = {
  /** Hands pushes, each the JSON text of one, to all sockets of this node that subscribed to a topic, in their order. */
  publish(topic: string, pushes: readonly string[]): void;
  connectionsOf(accountId: string): Iterable<RoomsConnection>;
};

/** What rooms need of the gateway to register their commands. */
export type RoomsGateway = {
  command<N extends CommandName>(name: N, handle: CommandHandler<N>): void;
  onClosed(listen: (connection: RoomsConnection) => void): void;
};

export type RoomsDeps = {
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly sockets: RoomsSockets;
  readonly identity: IdentityPort;
  readonly accountLog: AccountLogPort;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: RoomsLog;
  /** Does the work of consumers, on the nodes that do jobs. */
  readonly jobs: Pick<Jobs, "register">;
  readonly limits: Limits;
  /** What an account may, where that may differ. */
  readonly limitsOf: LimitsOf;
  /** Counts what an account may do over all nodes together; nothing is counted if left out. */
  readonly takeShared?: TakeShared;
  /** True while the node has more to do than it can: what may be dropped is dropped. */
  readonly isBusy?: () => boolean;
  readonly friends?: FriendsPort;
  /** Distinguishes this process from the others on the bus; new at each start. */
  readonly nodeId: string;
};

/** Who are friends of an account; they see each other before either has written. Nobody has any yet. */
export type FriendsPort = {
  listFriendsAmong(accountId: string, otherIds: readonly string[]): Promise<ReadonlySet<string>>;
};
