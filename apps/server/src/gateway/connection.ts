import type { CloseCode, ConnectionId, Locale, Push } from "@maru/protocol";
import type { TokenBucket } from "../platform/token-bucket.ts";
import type { Codec, PushFormat } from "./codecs/codec.ts";
import type { Fanout } from "./fanout.ts";
import type { Link } from "./transports/transport.ts";

/** Who a connection speaks for. */
export type Rights = {
  readonly accountId: string;
  readonly sessionId: string;
  /** When the right ends, in monotonic ms: a clock that jumps must not end a thousand rights at once. */
  readonly endsAt: number;
};

/**
 * Where a connection stands; every switch over it is exhaustive. Only `ready` speaks for an account. The states after it
 * keep whom it spoke for, null where nobody had signed in.
 */
export type ConnectionState =
  | { readonly is: "opened" }
  | { readonly is: "authenticating" }
  | SignedInConnection
  /** The token ended: nothing is delivered any more, commands get `auth.expired`, the close follows. */
  | { readonly is: "expired"; readonly former: SignedInConnection; readonly closesAt: number }
  /** We closed it; the transport has not reported the end yet. Nothing is taken or delivered any more. */
  | { readonly is: "closing"; readonly former: SignedInConnection | null }
  | { readonly is: "closed"; readonly former: SignedInConnection | null };

/** A signed-in client as features see it. All of it works on this node only. */
export interface Connection {
  readonly id: ConnectionId;
  /** 32 hexadecimal digits; stays when the right has ended. */
  readonly accountId: string;
  /** 32 hexadecimal digits; another one after a renewal by another session of the account. */
  readonly sessionId: string;
  readonly device: string;
  readonly locale: Locale;
  /** False once the right has ended or the connection closes. */
  readonly isOpen: boolean;
  /** Starts delivery of a topic's pushes. Does nothing once the right has ended. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  isSubscribed(topic: string): boolean;
  push(...pushes: readonly Push[]): void;
  /** The feature's own record of this connection, made at first use, gone with the connection. */
  slot<T>(key: symbol, create: () => T): T;
}

type NewConnection = {
  readonly id: ConnectionId;
  readonly address: string;
  readonly bucket: TokenBucket;
  readonly nowMs: number;
  readonly link: Link;
  readonly codec: Codec;
  readonly fanout: Fanout;
};

/** One client's link. Kept small: ten thousand of them are idle most of the time. */
export class LiveConnection {
  readonly id: ConnectionId;
  readonly address: string;
  readonly bucket: TokenBucket;
  readonly link: Link;
  readonly codec: Codec;
  readonly fanout: Fanout;
  state: ConnectionState = { is: "opened" };
  locale: Locale = "ko";
  /** Monotonic ms of the last whole frame. */
  lastReceivedAt: number;
  readonly openedAt: number;
  refusedCount = 0;
  /** Ids of commands that run; made only while there are any. */
  running: Set<number> | null = null;
  /** Kept by {@link Fanout}; null where all its topics are in our own format. */
  formats: Map<string, PushFormat> | null = null;

  constructor({ id, address, bucket, nowMs, link, codec, fanout }: NewConnection) {
    this.id = id;
    this.address = address;
    this.bucket = bucket;
    this.link = link;
    this.codec = codec;
    this.fanout = fanout;
    this.lastReceivedAt = nowMs;
    this.openedAt = nowMs;
  }

  /** Whom it speaks for, or spoke for before its right ended; null where nobody has signed in. */
  get signedIn(): SignedInConnection | null {
    const { state } = this;
    switch (state.is) {
      case "opened":
      case "authenticating":
        return null;
      case "ready":
        return state;
      case "expired":
      case "closing":
      case "closed":
        return state.former;
      default:
        return state satisfies never;
    }
  }

  /** Whether it was closed, by either side. */
  get isOver(): boolean {
    return this.state.is === "closing" || this.state.is === "closed";
  }

  signIn(rights: Rights, device: string): SignedInConnection {
    const signedIn = new SignedInConnection(this, rights, device);
    this.state = signedIn;
    return signedIn;
  }

  send(frame: string): void {
    if (!this.isOver) this.link.send(frame);
  }

  /** Ends delivery at once and closes later: what a person lost the right to see must not slip out meanwhile. */
  expire(former: SignedInConnection, closesAt: number): void {
    this.fanout.endDelivery(this);
    this.state = { is: "expired", former, closesAt };
  }

  close(code: CloseCode): void {
    if (this.isOver) return;
    this.state = { is: "closing", former: this.signedIn };
    this.link.close(code);
  }

  /** Notes that the link is gone. */
  ended(): void {
    this.fanout.forget(this);
    this.state = { is: "closed", former: this.signedIn };
  }
}

/** A connection that speaks for an account: a state of its link, and what features hold of it. */
export class SignedInConnection implements Connection {
  readonly is = "ready";
  readonly live: LiveConnection;
  readonly accountId: string;
  readonly device: string;
  sessionId: string;
  /** When the right ends, in monotonic ms. */
  endsAt: number;
  #slots: Map<symbol, unknown> | null = null;

  constructor(live: LiveConnection, { accountId, sessionId, endsAt }: Rights, device: string) {
    this.live = live;
    this.accountId = accountId;
    this.device = device;
    this.sessionId = sessionId;
    this.endsAt = endsAt;
  }

  get id(): ConnectionId {
    return this.live.id;
  }

  get locale(): Locale {
    return this.live.locale;
  }

  get isOpen(): boolean {
    return this.live.state === this;
  }

  subscribe(topic: string): void {
    if (this.isOpen) this.live.fanout.subscribe(this.live, topic);
  }

  unsubscribe(topic: string): void {
    if (this.isOpen) this.live.fanout.unsubscribe(this.live, topic);
  }

  isSubscribed(topic: string): boolean {
    return this.isOpen && this.live.fanout.isSubscribed(this.live, topic);
  }

  push(...pushes: readonly Push[]): void {
    if (this.isOpen) this.live.send(this.live.codec.encodePushes(pushes.map((push) => JSON.stringify(push))));
  }

  slot<T>(key: symbol, create: () => T): T {
    this.#slots ??= new Map();
    if (!this.#slots.has(key)) this.#slots.set(key, create());
    return this.#slots.get(key) as T;
  }

  /** Takes a renewed right. Two renewals may overtake each other; the one that lasts longest stands, with its session. */
  renew({ sessionId, endsAt }: Rights): void {
    if (endsAt <= this.endsAt) return;
    this.sessionId = sessionId;
    this.endsAt = endsAt;
  }
}
