import type { Clock } from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { fail } from "../../platform/errors.ts";
import { addressKey } from "../../platform/http/address-key.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import { type Rate, RateLimiter } from "../../platform/rate-limiter.ts";
import type { LimitName } from "./http-contract.ts";

export type RateRules = Readonly<Record<LimitName, Rate>>;

/** Wide enough for a school behind one address, narrow enough that guessing and hoarding do not pay. */
const defaultRates: RateRules = {
  sign_up: { burst: 30, perSecond: 5 / 60 },
  sign_in: { burst: 60, perSecond: 1 },
  refresh: { burst: 300, perSecond: 5 },
  nickname: { burst: 60, perSecond: 1 },
  account: { burst: 300, perSecond: 10 },
  step: { burst: 60, perSecond: 1 },
  // What makes a mail go out, or a provider be asked.
  mail: { burst: 20, perSecond: 5 / 60 },
};

/** Limits how often one address may call a route. Counted in this node's memory, each limit for itself. */
export function createRateLimits(deps: {
  readonly clock: Clock;
  readonly clientAddress: (context: Context<HttpEnv>) => string;
  readonly rules: Partial<RateRules>;
}) {
  const { clock, clientAddress } = deps;
  const rules = { ...defaultRates, ...deps.rules };
  const limiters = new Map<LimitName, RateLimiter>();

  function limiterOf(name: LimitName): RateLimiter {
    const limiter = limiters.get(name) ?? new RateLimiter(clock);
    limiters.set(name, limiter);
    return limiter;
  }

  return {
    /** Middleware that lets so many requests of one address through. */
    limit: (name: LimitName): MiddlewareHandler<HttpEnv> => {
      const limiter = limiterOf(name);
      return createMiddleware<HttpEnv>(async (context, next) => {
        const waitMs = limiter.take(addressKey(clientAddress(context)), rules[name]);
        if (waitMs > 0) throw fail("rate.limited", {}, { retryAfterMs: waitMs });
        await next();
      });
    },
  };
}
