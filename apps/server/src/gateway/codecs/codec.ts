import type { CloseCode, ErrorBody } from "@maru/protocol";

/** A command as a codec read it: its shape checked, its content not yet. */
export type RawCommand = { readonly id: number; readonly cmd: string; readonly d: unknown };

/** How pushes are written for all who share one form. Two formats of one name write the same bytes. */
export interface PushFormat {
  /** Part of the native topic that its frames go to, so that they reach nobody who reads another form. */
  readonly name: string;
  /** Writes pushes, each the JSON text of one, into one frame; they are to be applied in their order. */
  encode(pushes: readonly string[]): string;
}

/**
 * The language of one connection, from frames to commands and back. One that remembers nothing is shared by all that
 * speak it; one that does (a frame that came in part, the ids of subscriptions) is made for each.
 */
export interface Codec {
  /** Reads a message: the commands that are whole with it, or the code to close with where it can hold none. */
  read(message: string | Buffer): readonly RawCommand[] | CloseCode;
  /** Writes the reply to a command; `ok` is JSON text. */
  encodeReply(id: number, ok: string): string;
  encodeError(id: number, error: ErrorBody): string;
  /** Writes pushes, each the JSON text of one, for this connection alone. */
  encodePushes(pushes: readonly string[]): string;
  /** The form in which this connection reads a topic; the same one until it unsubscribes. */
  formatFor(topic: string): PushFormat;
}

/** A codec that clients may ask for when they open a socket. */
export type CodecOffer = {
  /** The WebSocket subprotocol that asks for it; null for ours, which asks for none. */
  readonly subprotocol: string | null;
  /** Whether the request names a version that is spoken here. */
  readonly isVersionKnown: (request: Request) => boolean;
  readonly create: () => Codec;
};
