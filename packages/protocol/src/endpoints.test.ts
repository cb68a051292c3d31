import { describe, expect, test } from "bun:test";
import { commands } from "./commands.ts";
import { type Cost, commandEndpoints, type Endpoint, httpEndpoints } from "./endpoints.ts";
import { httpPaths } from "./http-paths.ts";
import { type RateLimitName, rateLimits } from "./rate-limits.ts";

const endpoints: [string, Endpoint][] = [...Object.entries(httpEndpoints), ...Object.entries(commandEndpoints)];

test("every command and every path of the API is in the table", () => {
  expect(Object.keys(commandEndpoints).sort()).toEqual(Object.keys(commands).sort());
  const paths = new Set(Object.keys(httpEndpoints).map((name) => name.slice(name.indexOf(" ") + 1)));
  expect(Object.values(httpPaths).filter((path) => !paths.has(path))).toEqual([]);
});

test("every limit is used, and is one that lets something through and not everything", () => {
  const used = new Set(endpoints.flatMap(([, { limits }]) => limits));
  expect(Object.keys(rateLimits).filter((name) => !used.has(name as never))).toEqual([]);
  for (const limit of Object.values(rateLimits)) {
    const [atOnce, perHour] =
      limit.scope === "node"
        ? [limit.burst, limit.perSecond * 3_600]
        : limit.scope === "shared"
          ? [limit.count, (limit.count * 3_600_000) / limit.windowMs]
          : [limit.freeFailures, 3_600_000 / limit.maxDelayMs];
    expect(atOnce).toBeGreaterThan(0);
    expect(perHour).toBeGreaterThan(0);
    expect(perHour).toBeLessThan(400_000);
  }
});

/** Dear endpoints that no limit counts exactly, each with its reason. */
const inexact: Readonly<Record<string, string>> = {
  [`POST ${httpPaths.providerStart}`]: "a provider is asked once, for its description, which is kept",
  [`GET ${httpPaths.providerCallback}`]: "a provider is asked once for each journey, which a browser began here",
};
const dearCosts: readonly string[] = ["mail", "hash", "provider"] satisfies Cost[];
const isExact = (name: RateLimitName) => rateLimits[name].scope !== "node";

/** Endpoints that cost others much, and whose limits are all counted by each node for itself. */
function listInexact(table: readonly (readonly [string, Endpoint])[]): string[] {
  return table
    .filter(([, { cost, limits }]) => dearCosts.includes(cost) && !limits.some(isExact))
    .map(([name]) => name);
}

describe("what is dear is counted over all nodes", () => {
  test("everywhere, but where there is a reason", () => {
    expect(listInexact(endpoints).sort()).toEqual(Object.keys(inexact).sort());
  });

  test.each(dearCosts)("an endpoint that costs a %s and has no exact limit is found", (cost) => {
    const planted: Endpoint = { cost: cost as Cost, limits: ["step", "account_request"] };
    expect(listInexact([...endpoints, ["POST /planted", planted]])).toContain("POST /planted");
    const mended: Endpoint = { ...planted, limits: ["step", "reset_link"] };
    expect(listInexact([...endpoints, ["POST /planted", mended]])).not.toContain("POST /planted");
  });

  test("so is what strangers feel or what others find taken", () => {
    const named = new Map(endpoints);
    const felt = ["message.edit", "message.delete", "direct.open", "match.request", "match.next"];
    for (const name of [...felt, `PATCH ${httpPaths.me}`, `POST ${httpPaths.stepSecondFactor}`]) {
      expect([name, named.get(name)?.limits.some(isExact)]).toEqual([name, true]);
    }
  });
});

test("a limit that goes beyond another stands after it wherever it stands", () => {
  for (const [name, limit] of Object.entries(rateLimits)) {
    if (limit.scope !== "shared" || limit.beyond === undefined) continue;
    expect(Object.keys(rateLimits)).toContain(limit.beyond);
    for (const [, { limits }] of endpoints.filter(([, each]) => each.limits.includes(name as RateLimitName))) {
      expect(limits[limits.indexOf(name as RateLimitName) - 1]).toBe(limit.beyond as RateLimitName);
    }
  }
});
