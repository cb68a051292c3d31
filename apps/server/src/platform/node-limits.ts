import {
  type Clock,
  type CommandName,
  commandEndpoints,
  listNodeLimits,
  type NodeRateLimit,
  type NodeRateLimitName,
  nodeRateLimits,
} from "@maru/protocol";
import { fail } from "./errors.ts";
import { RateLimiter } from "./rate-limiter.ts";

export type NodeRateRules = Readonly<Record<NodeRateLimitName, Pick<NodeRateLimit, "burst" | "perSecond">>>;

export type NodeLimits = ReturnType<typeof createNodeLimits>;

/** The limits that this node counts in its memory, each for itself; all doors of the node share one count. */
export function createNodeLimits(clock: Clock, changed: Partial<NodeRateRules> = {}) {
  const rules: NodeRateRules = { ...nodeRateLimits, ...changed };
  const limiters = new Map<NodeRateLimitName, RateLimiter>();
  for (const name of Object.keys(rules) as NodeRateLimitName[]) limiters.set(name, new RateLimiter(clock));

  function take(name: NodeRateLimitName, owner: string): number {
    return limiters.get(name)?.take(owner, rules[name]) ?? 0;
  }

  return {
    /** Takes one: 0 when allowed, else the ms to wait. */
    take,

    /** Takes one, or fails with `rate.limited` and the wait that is left. */
    require(name: NodeRateLimitName, owner: string): void {
      const retryAfterMs = take(name, owner);
      if (retryAfterMs > 0) throw fail("rate.limited", {}, { retryAfterMs });
    },
  };
}

/**
 * Counts commands by the limits that the table of endpoints names for them: the ms to wait, 0 when one may run. What is
 * counted by address has been counted when the socket was opened.
 */
export function createCommandCounter(
  limits: Pick<NodeLimits, "take">,
): (name: CommandName, accountId: string) => number {
  const byCommand = new Map<string, readonly NodeRateLimitName[]>();
  for (const [name, endpoint] of Object.entries(commandEndpoints)) {
    byCommand.set(
      name,
      listNodeLimits(endpoint.limits).filter((limit) => nodeRateLimits[limit].per === "account"),
    );
  }
  return (name, accountId) => {
    for (const limit of byCommand.get(name) ?? []) {
      const waitMs = limits.take(limit, accountId);
      if (waitMs > 0) return waitMs;
    }
    return 0;
  };
}
