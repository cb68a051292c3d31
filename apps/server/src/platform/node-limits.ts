import {
  type Clock,
  type CommandName,
  commandEndpoints,
  devicesPerAddress,
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

  function take(name: NodeRateLimitName, owner: string, times = 1): number {
    const { burst, perSecond } = rules[name];
    return limiters.get(name)?.take(owner, { burst: burst * times, perSecond: perSecond * times }) ?? 0;
  }

  function takeOrFail(name: NodeRateLimitName, owner: string, times?: number): void {
    const retryAfterMs = take(name, owner, times);
    if (retryAfterMs > 0) throw fail("rate.limited", {}, { retryAfterMs });
  }

  return {
    /** Takes one: 0 when allowed, else the ms to wait. */
    take: (name: NodeRateLimitName, owner: string): number => take(name, owner),

    /** Takes one, or fails with `rate.limited` and the wait that is left. */
    require: (name: NodeRateLimitName, owner: string): void => takeOrFail(name, owner),

    /**
     * Takes one of a browser that is known, and one of all known browsers of its address: each sign-in without a cookie makes
     * one more of them, so that one address could collect as many as it wants.
     */
    requireOfDevice(name: NodeRateLimitName, device: string, address: string): void {
      takeOrFail(name, device);
      takeOrFail(name, `devices of ${address}`, devicesPerAddress);
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
