import type { CloseCode } from "@maru/protocol";

/**
 * One client's end of a transport, as the gateway uses it. `send` and what is published keep their order; `unsubscribe`
 * and `close` take effect exactly between two of them. A client that does not read is cut rather than waited for.
 */
export interface Link {
  send(frame: string): unknown;
  /** Ends the link; the transport reports it as closed once it is, and delivers nothing after this. */
  close(code: CloseCode): void;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  isSubscribed(topic: string): boolean;
  readonly subscriptions: readonly string[];
  /** Bytes that the client has not read. */
  getBufferedAmount(): number;
}

/** What carries frames to clients. Topics belong to the transport: one `publish` reaches all its links. */
export interface Transport {
  publish(topic: string, frame: string): void;
}
