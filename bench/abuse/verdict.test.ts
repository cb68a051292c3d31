import { describe, expect, test } from "bun:test";
import { commands, httpEndpoints, type RateLimitName, rateLimits } from "@maru/protocol";
import { listOnePerCost, listTargets, type Target } from "./endpoint-list.ts";
import { boundOf, mostAllowed, type Observation, reachVerdict } from "./verdict.ts";

const target: Target = {
  name: "message.list",
  kind: "command",
  attacker: "account",
  cost: "read",
  limits: ["history"],
};
const calm: Observation = {
  target,
  calmP95Ms: 10,
  floodedP95Ms: 12,
  talk: { wanted: 500, sent: 490 },
  seconds: 10,
  attackers: 10,
  named: 100,
  flood: { asked: 5_000, heldBack: 0, allowed: 320, refused: 4_680, failed: 0, codes: {}, cpuPercent: 20 },
};
const size = { seconds: 10, attackers: 10, named: 100 };
const faultsOf = (change: Partial<Observation>) => reachVerdict({ ...calm, ...change }).faults;

describe("the verdict on a flood", () => {
  test("is content when others went on as before and the limit held", () => {
    expect(reachVerdict(calm)).toEqual({ ratio: 1.2, faults: [] });
  });

  test("bears twice the calm time, or a little more than a short one", () => {
    expect(faultsOf({ floodedP95Ms: 35 })).toEqual([]);
    expect(faultsOf({ calmP95Ms: 40, floodedP95Ms: 80 })).toEqual([]);
    expect(faultsOf({ floodedP95Ms: 36 })).toEqual([expect.stringContaining("others' p95 36.0 ms, calm 10.0 ms")]);
    expect(faultsOf({ calmP95Ms: 40, floodedP95Ms: 81 })).toHaveLength(1);
  });

  test("catches an endpoint without a limit, even where a fast machine lets nobody feel it", () => {
    const flood = { ...calm.flood, allowed: 5_000, refused: 0 };
    expect(faultsOf({ flood })).toEqual([expect.stringContaining("5000 calls let through, 320 at most")]);
  });

  test("takes no silence of the others for a good sign", () => {
    const silent = expect.stringContaining("nobody was there to feel it");
    expect(faultsOf({ floodedP95Ms: 0, talk: { wanted: 500, sent: 0 } })).toEqual([silent]);
    expect(faultsOf({ talk: { wanted: 500, sent: 249 } })).toEqual([silent]);
    expect(faultsOf({ calmP95Ms: 0, floodedP95Ms: 20 })).toEqual([silent]);
  });

  test("takes no flood that never came for a good sign", () => {
    const flood = { ...calm.flood, allowed: 3, refused: 0, failed: 4_997 };
    expect(faultsOf({ flood })).toEqual([expect.stringContaining("that was no flood")]);
  });

  test("counts the accounts of one address each for itself, and no address where one account has many", () => {
    const limits = ["rooms", "history"] as const;
    const ask = (attacker: Target["attacker"]) =>
      mostAllowed({ target: { ...target, attacker, limits }, seconds: 10, attackers: 10, named: 100 });
    expect(ask("account")).toBe(120 + 20 * 10);
    expect(ask("address")).toBe(300 + 20 * 10);
    const edits = { ...target, limits: ["edit"] as const };
    expect(mostAllowed({ target: edits, seconds: 10, attackers: 10, named: 100 })).toBe(120);
  });
});

test("every endpoint is measured, and each kind of cost stands in the short list", () => {
  const targets = listTargets();
  const names = new Set(targets.map(({ name }) => name));
  expect(Object.keys(commands).filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(httpEndpoints).filter((name) => !names.has(name) && !name.includes("/dev/"))).toEqual([]);
  const costs = (list: readonly Target[]) => [...new Set(list.map(({ cost }) => cost))].sort();
  expect(costs(listOnePerCost(targets))).toEqual(costs(targets));
  for (const one of targets) expect([one.name, mostAllowed({ ...size, target: one })]).not.toContain(Infinity);
});

test("every limit of the table bounds a flood of one address on an endpoint that names it", () => {
  const targets = listTargets().filter(({ attacker }) => attacker === "address");
  for (const name of Object.keys(rateLimits) as RateLimitName[]) {
    const bounds = targets
      .filter(({ limits }) => limits.includes(name))
      .map((each) => boundOf(name, { ...size, target: each }));
    expect([name, bounds.some((bound) => Number.isFinite(bound) && bound > 0)]).toEqual([name, true]);
  }
});

describe("the bound of a flood of one address", () => {
  const most = (...limits: RateLimitName[]) =>
    mostAllowed({ ...size, target: { ...target, kind: "http", attacker: "address", limits } });

  test("by what counts its guesses is what is free, and as many as ten seconds of doubling waits have room for", () => {
    expect(most("password_address")).toBe(40 + 1 + 4);
    expect(most("password_address", "password_account")).toBe(40 + 1 + 4);
    // Strangers' accounts are guessed at each for itself.
    expect(most("password_account")).toBe(100 * (8 + 1 + 4));
  });

  test("by what counts known browsers stands beside what counts strangers", () => {
    expect(most("sign_in", "password_device")).toBe(30 + 10);
    expect(most("password_address", "password_device")).toBe(40 + 1 + 4);
    expect(most("step", "password_address", "password_device")).toBe(40 + 1 + 4);
  });

  test("by what counts mailboxes is for each of those that it names, with what goes beyond", () => {
    expect(most("reset_link")).toBe(100 * 5);
    expect(most("reset_link_all", "reset_link_late")).toBe(100 * (20 + 1));
    expect(most("reset_link", "reset_link_all", "reset_link_late")).toBe(100 * 5);
  });
});
