import { describe, expect, test } from "bun:test";
import { commands, httpEndpoints } from "@maru/protocol";
import { listOnePerCost, listTargets, type Target } from "./endpoint-list.ts";
import { judge, mostAllowed, type Observation } from "./verdict.ts";

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
  seconds: 10,
  attackers: 10,
  flood: { asked: 5_000, heldBack: 0, allowed: 320, refused: 4_680, failed: 0, codes: {}, cpuPercent: 20 },
};
const faultsOf = (change: Partial<Observation>) => judge({ ...calm, ...change }).faults;

describe("the verdict on a flood", () => {
  test("is content when others went on as before and the limit held", () => {
    expect(judge(calm)).toEqual({ ratio: 1.2, faults: [] });
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

  test("takes no flood that never came for a good sign", () => {
    const flood = { ...calm.flood, allowed: 3, refused: 0, failed: 4_997 };
    expect(faultsOf({ flood })).toEqual([expect.stringContaining("that was no flood")]);
  });

  test("counts the accounts of one address each for itself, and no address where one account has many", () => {
    const limits = ["rooms", "history"] as const;
    const ask = (attacker: Target["attacker"]) =>
      mostAllowed({ target: { ...target, attacker, limits }, seconds: 10, attackers: 10 });
    expect(ask("account")).toBe(120 + 20 * 10);
    expect(ask("address")).toBe(300 + 20 * 10);
    const edits = { ...target, limits: ["edit"] as const };
    expect(mostAllowed({ target: edits, seconds: 10, attackers: 10 })).toBe(120);
  });
});

test("every endpoint is measured, and each kind of cost stands in the short list", () => {
  const targets = listTargets();
  const names = new Set(targets.map(({ name }) => name));
  expect(Object.keys(commands).filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(httpEndpoints).filter((name) => !names.has(name) && !name.includes("/dev/"))).toEqual([]);
  const costs = (list: readonly Target[]) => [...new Set(list.map(({ cost }) => cost))].sort();
  expect(costs(listOnePerCost(targets))).toEqual(costs(targets));
  for (const one of targets)
    expect([one.name, mostAllowed({ target: one, seconds: 10, attackers: 10 })]).not.toContain(Infinity);
});
