import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";
import type { GuessLimit, NodeRateLimit, SharedRateLimit } from "./rate-limit.ts";

export type { GuessLimit, NodeRateLimit, SharedRateLimit } from "./rate-limit.ts";

/** Times the rate of one `device` that all devices of one address have together: marks of devices can be collected. */
export const devicesPerAddress = 10;

const baseNodeRateLimits = {
  page: { scope: "node", per: "address", burst: 120, perSecond: 10, doc: "pages and documents fetched" },
  health: { scope: "node", per: "address", burst: 100, perSecond: 20, doc: "probes of a load balancer" },
  file: { scope: "node", per: "address", burst: 2_000, perSecond: 100, doc: "files of the web app fetched, and addresses where nothing is" },
  socket: { scope: "node", per: "address", burst: 300, perSecond: 20, doc: "sockets opened" },
  beat: { scope: "node", per: "account", burst: 200, perSecond: 50, doc: "heartbeats" },
  token: { scope: "node", per: "account", burst: 60, perSecond: 2, doc: "access tokens renewed on a socket" },
} as const satisfies Record<string, NodeRateLimit>;

/**
 * Counted in the memory of each node: before anything is read or written, so that a flood costs nearly nothing. By
 * address they are wide enough for a school behind one address.
 */
export const nodeRateLimits = { ...baseNodeRateLimits, ...mergeParts(featureProtocols, "nodeRateLimits") };

/**
 * Counted in the database, in a table that nothing which they limit can reach. For what costs others something: a mail,
 * a stranger's attention, a guess at a secret, many rows written.
 */
export const sharedRateLimits = mergeParts(featureProtocols, "sharedRateLimits");

/** Guesses at a secret, counted in the database, exact over all nodes. */
export const guessLimits = mergeParts(featureProtocols, "guessLimits");

export type NodeRateLimitName = keyof typeof nodeRateLimits;
export type SharedRateLimitName = keyof typeof sharedRateLimits;
export type GuessLimitName = keyof typeof guessLimits;
export type RateLimitName = NodeRateLimitName | SharedRateLimitName | GuessLimitName;

/** Whether a limit is counted on each node by itself. */
export function isNodeRateLimit(name: RateLimitName): name is NodeRateLimitName {
  return Object.hasOwn(nodeRateLimits, name);
}

/** The limits of an endpoint that each node counts by itself before the call reaches its feature. */
export function listNodeLimits(limits: readonly RateLimitName[]): NodeRateLimitName[] {
  return limits.filter(isNodeRateLimit).filter((name) => !(nodeRateLimits[name] as NodeRateLimit).isCountedInside);
}

/** Every limit by its name. */
export const rateLimits: Readonly<Record<RateLimitName, NodeRateLimit | SharedRateLimit | GuessLimit>> = {
  ...nodeRateLimits,
  ...sharedRateLimits,
  ...guessLimits,
};
