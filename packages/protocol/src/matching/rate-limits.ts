import type { NodeRateLimit, SharedRateLimit } from "../rate-limit.ts";

const second = 1_000;
const minute = 60 * second;

/** Limits of matching that each node counts by itself. */
export const matchingNodeRateLimits = {
  match_look: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "looks at one's match, and waits ended" },
} as const satisfies Record<string, NodeRateLimit>;

/** Limits of matching that are counted over all nodes. */
export const matchingSharedRateLimits = {
  match_request: { scope: "shared", per: "account", count: 30, windowMs: minute, doc: "matches asked for" },
} as const satisfies Record<string, SharedRateLimit>;
