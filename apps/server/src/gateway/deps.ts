import type { Clock, CommandName } from "@maru/protocol";
import type { LimitsOf } from "../platform/account-limits/limits-source.ts";
import type { SocketAddresses } from "../platform/http/client-address.ts";
import type { Log } from "../platform/log.ts";
import type { AdmissionBounds } from "./admission.ts";
import type { CodecOffer } from "./codecs/codec.ts";

/** Returns who a token speaks for. Throws `auth.expired`, `auth.invalid`, `auth.revoked` or `account.suspended`. */
export interface Authenticator {
  authenticate(token: string): Promise<{
    /** 32 hexadecimal digits. */
    accountId: string;
    /** 32 hexadecimal digits. */
    sessionId: string;
    /** Epoch ms. */
    expiresAt: number;
  }>;
}

export type GatewayDeps = {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Log;
  /** A new id of 32 hexadecimal digits. */
  readonly newId: () => string;
  readonly random: () => number;
  /** Whether a page of this origin may connect. */
  readonly allowsOrigin: (origin: string, request: Request) => boolean;
  /** The client's address as the operator's proxy sends it. */
  readonly addressOf: (request: Request, sockets: SocketAddresses) => string;
  /** Counts a command for its account: the ms to wait, 0 when it may run. Nothing is counted if left out. */
  readonly countCommand?: (name: CommandName, accountId: string) => number;
  /** Notes how many ms a command took that did not end at once. */
  readonly noteCommandMs?: (ms: number) => void;
  /** Counts a socket for the address that opens it: the ms to wait, 0 when it may. Nothing is counted if left out. */
  readonly countSocket?: (address: string) => number;
  /** What an account may, told in the answer to `connect`; the usual if left out. */
  readonly limitsOf?: LimitsOf;
  /** How fast clients that come all at once are let in. */
  readonly admission?: AdmissionBounds;
  /** What sockets may speak besides our own protocol; a request asks for one by its subprotocol. */
  readonly codecs?: readonly CodecOffer[];
  /** Sockets held at most; further ones are sent to another node. Below the process's bound of open files. */
  readonly maxConnections?: number;
};
