import type { SocketAddresses } from "./client-address.ts";
import { fallbackPolicy, type HttpPolicyName } from "./http-policy.ts";

/** What travels with one request beside it, from the open port to its route and back. */
export type Exchange = {
  /** Knows the client; null where there is no socket. */
  readonly server: SocketAddresses | null;
  /** Lets the answer pause for as long as it likes. */
  readonly allowPauses: () => void;
  /** The policy of the route that answers; that of what has no route until one is found. */
  policy: HttpPolicyName;
  /** Origins that the route named, as far as its policy takes any; see {@link nameOrigins}. */
  framedBy: readonly string[];
  trusted: readonly string[];
};

export function newExchange(server: SocketAddresses | null, allowPauses: () => void): Exchange {
  return { server, allowPauses, policy: fallbackPolicy, framedBy: [], trusted: [] };
}

/** An origin as it stands in a rule; the first label of its name may be a star. */
const plainOrigin = /^https?:\/\/(\*\.)?([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/**
 * Names the origins that may show an answer in a frame, or that its page takes parts from. Throws for what would end or
 * widen the rule that it is written into.
 */
export function nameOrigins(exchange: Exchange, named: Partial<Pick<Exchange, "framedBy" | "trusted">>): void {
  const odd = Object.values(named)
    .flat()
    .find((origin) => !plainOrigin.test(origin));
  if (odd !== undefined) throw new Error(`No origin that a rule could name: ${JSON.stringify(odd)}.`);
  Object.assign(exchange, named);
}
