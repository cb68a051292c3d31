import { expect, test } from "bun:test";
import { commands } from "./commands.ts";
import { commandEndpoints, httpEndpoints } from "./endpoints.ts";
import { httpPaths } from "./http-paths.ts";
import { rateLimits } from "./rate-limits.ts";

const endpoints = [...Object.entries(httpEndpoints), ...Object.entries(commandEndpoints)];

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

test("what is dear or felt by strangers is counted over all nodes", () => {
  const shared = (name: string) => endpoints.find(([key]) => key === name)?.[1].limits.some(isShared);
  const isShared = (name: keyof typeof rateLimits) => rateLimits[name].scope !== "node";
  for (const name of ["message.edit", "message.delete", "direct.open", "match.request", "match.next"]) {
    expect([name, shared(name)]).toEqual([name, true]);
  }
  for (const path of [httpPaths.signIn, httpPaths.signUp, httpPaths.passwordReset, httpPaths.stepSecondFactor]) {
    expect([path, shared(`POST ${path}`)]).toEqual([path, true]);
  }
  expect(shared(`PATCH ${httpPaths.me}`)).toBe(true);
});
