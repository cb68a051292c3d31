import type { CloseCode, ConnectionId, Locale, Push } from "@maru/protocol";
import { encodePushes } from "@maru/protocol";
import type { ServerWebSocket } from "bun";
import type { TokenBucket } from "../platform/token-bucket.ts";

/** Who a connection speaks for. */
export type Rights = {
  readonly accountId: string;
  readonly sessionId: string;
  /** When the right ends, in monotonic ms: a clock that jumps must not end a thousand rights at once. */
  readonly endsAt: number;
};

/** Where a connection stands; every switch over it is exhaustive. */
export type ConnectionState =
  | { readonly is: "opened" }
  | { readonly is: "authenticating" }
  | { readonly is: "ready"; readonly rights: Rights }
  /** The token ended: nothing is delivered any more, commands get `auth.expired`, the close follows. */
  | { readonly is: "expired"; readonly closesAt: number }
  | { readonly is: "closed" };

/** A connected client as features see it. All of it works on this node only. */
export interface Connection {
  readonly id: ConnectionId;
  /** 32 hexadecimal digits. */
  readonly accountId: string;
  /** 32 hexadecimal digits. */
  readonly sessionId: string;
  readonly device: string;
  readonly locale: Locale;
  readonly isOpen: boolean;
  /** Starts delivery of a topic's frames. Does nothing once the right has ended. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  isSubscribed(topic: string): boolean;
  push(...pushes: readonly Push[]): void;
  /** The feature's own record of this connection, made at first use, gone with the connection. */
  slot<T>(key: symbol, create: () => T): T;
}

/** One socket. Kept small: ten thousand of them are idle most of the time. */
export class LiveConnection implements Connection {
  socket!: ServerWebSocket<LiveConnection>;
  state: ConnectionState = { is: "opened" };
  /** The account it was connected for; stays after its right has ended, for the books. */
  owner: string | null = null;
  device = "";
  locale: Locale = "ko";
  /** Monotonic ms of the last whole frame. */
  heardAt: number;
  readonly openedAt: number;
  refusedCount = 0;
  /** Ids of commands that run; made only while there are any. */
  running: Set<number> | null = null;
  #slots: Map<symbol, unknown> | null = null;

  constructor(
    readonly id: ConnectionId,
    readonly address: string,
    readonly bucket: TokenBucket,
    nowMs: number,
  ) {
    this.heardAt = nowMs;
    this.openedAt = nowMs;
  }

  get rights(): Rights | null {
    return this.state.is === "ready" ? this.state.rights : null;
  }

  get accountId(): string {
    return this.rights?.accountId ?? "";
  }

  get sessionId(): string {
    return this.rights?.sessionId ?? "";
  }

  get isOpen(): boolean {
    return this.state.is === "ready";
  }

  subscribe(topic: string): void {
    if (this.state.is === "ready") this.socket.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.state.is === "ready") this.socket.unsubscribe(topic);
  }

  isSubscribed(topic: string): boolean {
    return this.state.is === "ready" && this.socket.isSubscribed(topic);
  }

  push(...pushes: readonly Push[]): void {
    if (this.state.is === "ready") this.socket.send(encodePushes(pushes));
  }

  slot<T>(key: symbol, create: () => T): T {
    this.#slots ??= new Map();
    if (!this.#slots.has(key)) this.#slots.set(key, create());
    return this.#slots.get(key) as T;
  }

  /** Ends delivery at once and closes later: what a person lost the right to see must not slip out meanwhile. */
  expire(closesAt: number): void {
    for (const topic of this.socket.subscriptions) this.socket.unsubscribe(topic);
    this.state = { is: "expired", closesAt };
  }

  close(code: CloseCode): void {
    if (this.state.is === "closed") return;
    this.socket.close(code);
  }
}
