import { describe, expect, test } from "bun:test";
import { type FamilyToken, maxSuccessors, overtakenWindowMs, planRefresh, repeatWindowMs } from "./refresh-plan.ts";

const now = 1_000_000_000;
const at = { arrivedAt: now, now };

function token(hash: string, state: FamilyToken["state"], more: Partial<FamilyToken> = {}): FamilyToken {
  return { hash, state, handedAt: now - 1_000, repeatedAt: null, retiredAt: null, ...more };
}

describe("planRefresh", () => {
  test("a fresh token advances and spends everything else alive", () => {
    const fresh = token("b", "fresh");
    const sibling = token("c", "fresh");
    const current = token("a", "current");
    expect(planRefresh([current, fresh, sibling], fresh, at)).toEqual({ kind: "advance", retire: [current, sibling] });
  });

  test("the predecessor of an unused successor gets that successor again", () => {
    const current = token("a", "current");
    const fresh = token("b", "fresh", { handedAt: now - repeatWindowMs + 1 });
    expect(planRefresh([current, fresh], current, at)).toEqual({ kind: "repeat", successor: fresh });
  });

  test("is given again only within the first minute; then nothing until the last answer has travelled", () => {
    const current = token("a", "current");
    const at = (handedAgo: number, repeatedAgo: number) =>
      token("b", "fresh", { handedAt: now - handedAgo, repeatedAt: now - repeatedAgo });
    const planOf = (fresh: FamilyToken) => planRefresh([current, fresh], current, { arrivedAt: now, now }).kind;
    expect(planOf(at(repeatWindowMs - 1, 1))).toBe("repeat");
    expect(planOf(at(repeatWindowMs, 1))).toBe("late");
    expect(planOf(at(2 * repeatWindowMs - 2, repeatWindowMs - 1))).toBe("late");
    expect(planOf(at(2 * repeatWindowMs - 1, repeatWindowMs))).toBe("branch");
  });

  test("long after, it gets a successor of its own", () => {
    const current = token("a", "current");
    const fresh = token("b", "fresh", { handedAt: now - repeatWindowMs });
    expect(planRefresh([current, fresh], current, at)).toEqual({ kind: "branch", retire: [] });
  });

  test("branches are bounded: the oldest goes", () => {
    const current = token("a", "current");
    const branches = Array.from({ length: maxSuccessors }, (_, index) =>
      token(`b${index}`, "fresh", { handedAt: now - (index + 1) * repeatWindowMs }),
    );
    const plan = planRefresh([current, ...branches], current, at);
    expect(plan).toEqual({ kind: "branch", retire: branches.slice(-1) });
  });

  test("a clock that jumped back repeats nothing from the future", () => {
    const current = token("a", "current");
    const fresh = token("b", "fresh", { handedAt: now + 3_600_000 });
    expect(planRefresh([current, fresh], current, at).kind).toBe("branch");
  });

  test("a spent token is reuse", () => {
    expect(planRefresh([], token("a", "spent", { retiredAt: now }), at)).toEqual({ kind: "reuse" });
    expect(planRefresh([], token("a", "spent"), at)).toEqual({ kind: "reuse" });
  });

  test("unless its request came before the one that spent it, and only shortly before", () => {
    expect(planRefresh([], token("a", "spent", { retiredAt: now + 5 }), at)).toEqual({ kind: "late" });
    const later = token("a", "spent", { retiredAt: now + overtakenWindowMs + 1 });
    expect(planRefresh([], later, at)).toEqual({ kind: "reuse" });
  });
});
