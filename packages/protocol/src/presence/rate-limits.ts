import type { NodeRateLimit } from "../rate-limit.ts";

/** Limits of presence that each node counts by itself. */
export const presenceNodeRateLimits = {
  presence: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "presence told or watched" },
} as const satisfies Record<string, NodeRateLimit>;
