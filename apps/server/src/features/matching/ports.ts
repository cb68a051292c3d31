import type { Alias, Clock, CommandInput, CommandName, CommandOutput, Limits, Push } from "@maru/protocol";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";
import type { TakeShared } from "../../platform/shared-limits.ts";

/** The pool, or one transaction of it. */
export type Sql = Bun.SQL;

export type MatchingDatabase = {
  readonly sql: Sql;
  transaction<T>(run: (tx: Sql) => Promise<T>): Promise<T>;
};

/** At most once, possibly late, doubled or out of order. */
export type MatchingBus = {
  publish(subject: string, payload: string): void;
  subscribe(subject: string, handle: (payload: string) => void): Promise<() => unknown>;
};

export type MatchingLog = {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
};

/** The right to be the one that pairs, held by one node at a time; see platform/leases. */
export type PairingLease = {
  /** Takes or prolongs the lease; false while another node holds it. */
  hold(): Promise<boolean>;
  /** Locks the lease's row for the rest of the transaction; throws when it is no longer ours. */
  fence(tx: Sql): Promise<void>;
  release(): Promise<void>;
};

export type AccountStanding = {
  readonly state: "active" | "suspended" | "gone";
  readonly kind: "person" | "business" | "operator";
};

export type IdentityPort = {
  /** Lists the blocks, in either direction, between any two of these accounts. */
  listBlocksAmong(
    sql: Sql,
    accountIds: readonly string[],
  ): Promise<readonly { blockerId: string; blockedId: string }[]>;
  /** Returns what decides on whether an account may match; null when there is none. */
  findAccountStanding(accountId: string): Promise<AccountStanding | null>;
  /** Returns which of these accounts are there to be written about, and keeps them until the transaction ends. */
  lockLiving(tx: Sql, accountIds: readonly string[]): Promise<ReadonlySet<string>>;
};

export type NewMatchMember = { readonly accountId: string; readonly alias: Alias };

/** A pair that gets a room. */
export type NewMatchRoom = { readonly members: readonly [NewMatchMember, NewMatchMember] };

export type RoomsPort = {
  /** Makes a room of aliases for each pair, in the caller's transaction and in order; `announce` after its commit. */
  createMatchRooms(
    tx: Sql,
    rooms: readonly NewMatchRoom[],
  ): Promise<{ readonly roomIds: readonly string[]; announce(): void }>;
  /** Leaves a room in the caller's transaction; again changes nothing. `announce` after its commit. */
  leaveRoomIn(tx: Sql, accountId: string, roomId: string): Promise<{ announce(): void }>;
  /** Reads a room as one account sees it; throws `room.not_found` where it may not. */
  getRoom(
    accountId: string,
    roomId: string,
  ): Promise<{ readonly state: "open" | "closed"; readonly membership: string; readonly lastOrd: number }>;
};

/** What matching needs of the account log. */
export type AccountLogPort = { contribute(contributor: AccountContributor<"matching">): void };

/** What rooms hand to matching: match rooms whose state changed. */
export type MatchRoomConsumer = {
  readonly name: string;
  readonly kinds: readonly ["match"];
  readonly aspect: "state";
  /** What it returns notifies the two, after the commit. */
  take(tx: Sql, rooms: readonly { readonly roomId: string; readonly state: "open" | "closed" }[]): Promise<() => void>;
};

export type MatchingConnection = { readonly accountId: string; readonly isOpen: boolean };

/** What matching needs of the gateway to know who is here and to tell them. */
export type MatchingSockets = {
  pushToAccount(accountId: string, push: Push): void;
  connectionsOf(accountId: string): Iterable<MatchingConnection>;
};

export type MatchingGateway = {
  command<N extends CommandName>(
    name: N,
    handle: (connection: MatchingConnection, input: CommandInput<N>) => Promise<CommandOutput<N>> | CommandOutput<N>,
  ): void;
  onConnected(listen: (connection: MatchingConnection) => void): unknown;
  onClosed(listen: (connection: MatchingConnection, accountId: string) => void): unknown;
};

export type MatchingDeps = {
  readonly db: MatchingDatabase;
  readonly bus: MatchingBus;
  readonly sockets: MatchingSockets;
  readonly identity: IdentityPort;
  readonly rooms: RoomsPort;
  readonly accountLog: AccountLogPort;
  readonly lease: PairingLease;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
  readonly log: MatchingLog;
  readonly limits: Limits;
  /** Counts what an account may do over all nodes together; nothing is counted if left out. */
  readonly takeShared?: TakeShared;
};
