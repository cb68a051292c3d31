import type { Clock, MessageExtra } from "@maru/protocol";
import type { ClientErrorBody } from "./client-error.ts";

/** The part of a WebSocket that is used; browsers, Bun, Node 22 and `ws` have it. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type SocketConstructor = new (url: string) => SocketLike;

export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** A message that the server has not acknowledged yet. */
export type OutboxEntry = {
  readonly clientMessageId: string;
  readonly accountId: string;
  readonly roomId: string;
  readonly text: string;
  /** What it carries beside its text. */
  readonly extra?: MessageExtra | undefined;
  /** Epoch ms of the press on send; orders the entries of a room. */
  readonly createdAt: number;
  readonly state: "waiting" | "sending" | "failed";
  readonly error?: ClientErrorBody | undefined;
  /** The tab that sends it. */
  readonly owner: string;
};

/** Keeps the outbox over a reload. Entries of one account never reach another. */
export interface OutboxStorage {
  list(accountId: string): Promise<OutboxEntry[]>;
  put(entry: OutboxEntry): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
  /** Gives the entries of one tab to another, at once or not at all; returns those that changed hands. */
  adopt(accountId: string, from: string, to: string): Promise<OutboxEntry[]>;
  clear(accountId: string): Promise<void>;
  /** Clears what all accounts have left. */
  clearAll?(): Promise<void>;
}

/** Carries messages between the tabs of one browser; a tab does not receive its own. */
export interface TabChannel {
  post(message: unknown): void;
  listen(handle: (message: unknown) => void): () => void;
}

/** Notifies of the moments when trying again at once makes sense. */
export interface Environment {
  isOnline(): boolean;
  /** Calls when the network is back, or the page is seen or runs again. */
  onWake(listener: () => void): () => void;
  /** Calls when the device says that its network is gone. */
  onNetworkLost?(listener: () => void): () => void;
}

/** What the client takes from its environment. Each has a default for browsers, Bun and Node. */
export type ClientPorts = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly socket: SocketConstructor;
  readonly fetch: FetchLike;
  readonly storage: OutboxStorage;
  readonly tabs: TabChannel;
  readonly environment: Environment;
  /** Runs work while no other tab runs work of the same name, where the browser can tell. */
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
};
