import type { Clock, CommandInput, CommandName, CommandOutput, Limits, Push } from "@maru/protocol";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";

export type Sql = Bun.SQL;

export type PresenceDatabase = {
  readonly sql: Sql;
  transaction<T>(run: (tx: Sql) => Promise<T>): Promise<T>;
};

/** At most once, possibly late, doubled or out of order. */
export type PresenceBus = {
  publish(subject: string, payload: string): void;
  subscribe(subject: string, handle: (payload: string) => void): Promise<() => unknown>;
};

export type PresenceLog = { warn(message: string, fields?: Record<string, unknown>): void };

/** Somebody else in a room; ids are 32 hexadecimal digits. */
export type Peer = {
  readonly roomId: string;
  readonly memberId: string;
  readonly accountId: string;
  /** True where they are to be seen as offline, whatever they do. */
  readonly isSilent: boolean;
};

/** What presence needs of rooms. */
export type RoomsPort = {
  /** Lists the others in those of the rooms where this account may see who is there. */
  listPeers(accountId: string, roomIds: readonly string[]): Promise<readonly Peer[]>;
  /** Notifies, on every node that has connections of the account, that it may not see the people of a room any more. */
  onSightLost(listen: (accountId: string, roomId: string) => void): unknown;
  /** Notifies, on every node, of a room in which somebody is to be seen otherwise than before. */
  onSightChanged(listen: (roomId: string) => void): unknown;
};

export type PresenceConnection = {
  readonly accountId: string;
  readonly isOpen: boolean;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  slot<T>(key: symbol, create: () => T): T;
};

/** What presence needs of the account log. */
export type AccountLogPort = { contribute(contributor: AccountContributor<"presence">): void };

export type PresenceSockets = {
  /** Hands pushes, each the JSON text of one, to all sockets of this node that subscribed to a topic. */
  publish(topic: string, pushes: readonly string[]): void;
  pushToAccount(accountId: string, push: Push): void;
  connectionsOf(accountId: string): Iterable<PresenceConnection>;
};

export type PresenceGateway = {
  command<N extends CommandName>(
    name: N,
    handle: (connection: PresenceConnection, input: CommandInput<N>) => Promise<CommandOutput<N>> | CommandOutput<N>,
  ): void;
  onConnected(listen: (connection: PresenceConnection) => void): unknown;
  onClosed(listen: (connection: PresenceConnection, accountId: string) => void): unknown;
};

export type PresenceDeps = {
  readonly db: PresenceDatabase;
  readonly bus: PresenceBus;
  readonly sockets: PresenceSockets;
  readonly rooms: RoomsPort;
  readonly accountLog: AccountLogPort;
  readonly clock: Clock;
  readonly log: PresenceLog;
  readonly limits: Limits;
  /** 32 hexadecimal digits, new at each start of the process. */
  readonly nodeId: string;
  /** True while the node has more to do than it can: changes are pushed later then. */
  readonly isBusy: () => boolean;
};

export type PresencePush = Push<"presence.changed">;
