import type { Clock } from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { fail } from "../../platform/errors.ts";
import type { LimitName } from "./http-contract.ts";

/** So many at once, and so many a minute in the long run. */
export type RateRule = { readonly burst: number; readonly perMinute: number };
export type RateRules = Readonly<Record<LimitName, RateRule>>;

/** Wide enough for a school behind one address, narrow enough that guessing and hoarding do not pay. */
export const defaultRates: RateRules = {
  sign_up: { burst: 30, perMinute: 5 },
  sign_in: { burst: 60, perMinute: 60 },
  refresh: { burst: 300, perMinute: 300 },
  nickname: { burst: 60, perMinute: 60 },
  account: { burst: 300, perMinute: 600 },
};

/** Addresses remembered per limit; beyond it the one that has been quiet the longest starts anew. */
const maxAddresses = 20_000;

type Bucket = { tokens: number; at: number };

/** Limits how often one address may call a route. Counted in this node's memory. */
export function createRateLimits(deps: {
  readonly clock: Clock;
  readonly clientAddress: (context: Context) => string;
  readonly rules: Partial<RateRules>;
}) {
  const { clock, clientAddress } = deps;
  const rules = { ...defaultRates, ...deps.rules };
  const buckets = new Map<LimitName, Map<string, Bucket>>();

  function take(name: LimitName, address: string): void {
    const { burst, perMinute } = rules[name];
    const known = buckets.get(name) ?? new Map<string, Bucket>();
    buckets.set(name, known);
    const now = clock.monotonic();
    const perMs = perMinute / 60_000;
    const old = known.get(address) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, old.tokens + (now - old.at) * perMs);
    // Deleting first moves the address to the end: the map is ordered by last use.
    known.delete(address);
    known.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (known.size > maxAddresses) {
      const [quietest] = known.keys();
      if (quietest !== undefined) known.delete(quietest);
    }
    if (tokens < 1) throw fail("rate.limited", {}, { retryAfterMs: Math.ceil((1 - tokens) / perMs) });
  }

  return {
    /** Middleware that lets so many requests of one address through. */
    limit: (name: LimitName): MiddlewareHandler =>
      createMiddleware(async (context, next) => {
        take(name, addressKey(clientAddress(context)));
        await next();
      }),
  };
}

/** What counts as one address: an IPv4 address, or the /64 that an IPv6 customer is given. */
export function addressKey(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
