import type { Codec, CodecOffer } from "../codecs/codec.ts";
import type { LiveConnection } from "../connection.ts";
import type { Link } from "./transport.ts";

/** Why a client that was let in is closed at once; a browser sees close codes, but no HTTP status. */
export type Refusal = 4005 | 4503;

/** A client that was let in and has no link yet. */
export type Handshake = { readonly address: string; readonly codec: Codec; readonly refusal: Refusal | null };

/** Where transports bring their clients and what these say. */
export interface Intake {
  /** Decides on a request that asks for a connection: a refusal to answer with, or what {@link Intake.open} takes. */
  accept(request: Request, address: string, offer: CodecOffer): Response | Handshake;
  /** Makes the connection of a link. The transport closes it at once where the handshake holds a refusal. */
  open(handshake: Handshake, link: Link): LiveConnection;
  receive(connection: LiveConnection, message: string | Buffer): void;
  /** Counts a control frame that the transport answers by itself: a flood of them is one all the same. */
  countControl(connection: LiveConnection): void;
  /** Reports, once, that a link is gone, whoever ended it. */
  closed(connection: LiveConnection): void;
}
