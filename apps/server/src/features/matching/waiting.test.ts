import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { limits } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { MaruError } from "../../platform/errors.ts";
import { type MatchingWorld, openMatchingWorld, type WorldNode } from "./fixtures/matching.fixture.ts";
import { findViolations } from "./fixtures/rules.fixture.ts";

setDefaultTimeout(30_000);

let world: MatchingWorld;
let one: WorldNode;
let two: WorldNode;
beforeAll(async () => {
  world = await openMatchingWorld();
  one = await world.openNode();
  two = await world.openNode();
});
afterEach(async () => {
  expect(await findViolations(world.admin)).toEqual([]);
  await world.clear();
});
afterAll(() => world.close());

/** Somebody new with a tab on the first node. */
async function newcomer(node = one) {
  const [accountId = ""] = await world.newAccounts(1);
  return { accountId, tab: node.connect(accountId) };
}

const gone = { state: "idle", reason: "cancelled" } as const;

test("asking again is the same wait with the same start", async () => {
  const { tab } = await newcomer();
  const first = await tab.request();
  expect(first.state).toBe("waiting");
  expect(await tab.request()).toEqual(first);
  expect(await tab.get()).toEqual(first);
  expect(tab.told).toEqual([first]);
  await tab.cancel();
});

test("twenty requests at once are one wait", async () => {
  const { tab } = await newcomer();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tab.request()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(tab.told.length).toBe(1);
  await tab.cancel();
});

test("two tabs on two nodes are one state: they wait, cancel and are matched together", async () => {
  const { accountId, tab } = await newcomer();
  const other = two.connect(accountId);
  const waiting = await tab.request();
  expect(await other.expectLogged("waiting")).toEqual(waiting as never);
  expect(await other.request()).toEqual(waiting);
  expect(await other.cancel()).toEqual(gone);
  expect(await tab.expectLogged("idle")).toEqual(gone);
  expect(await tab.get()).toEqual(gone);

  await tab.request();
  const partner = await newcomer(two);
  await partner.tab.request();
  const matched = await tab.expectLogged("matched");
  expect(await other.expectLogged("matched")).toEqual(matched);
  expect(await partner.tab.expectLogged("matched")).toEqual(matched);
  expect(await tab.get()).toEqual(matched);
});

test("a cancelled wait is not matched, and cancelling without one changes nothing", async () => {
  const { tab } = await newcomer();
  expect(await tab.cancel()).toEqual({ state: "idle", reason: "none" });
  await tab.request();
  await tab.cancel();
  const other = await newcomer(two);
  await other.tab.request();
  await world.pass(1_000);
  expect(other.tab.told.at(-1)?.state).toBe("waiting");
  expect(await tab.get()).toEqual(gone);
  await other.tab.cancel();
});

test("a cancel that races the pairing has one outcome, and both sides know it", async () => {
  for (let round = 0; round < 12; round++) {
    const [a, b] = [await newcomer(one), await newcomer(two)];
    await a.tab.request();
    const [, cancelled] = await Promise.all([b.tab.request(), a.tab.cancel()]);
    await world.settle();
    expect(await a.tab.get()).toEqual(cancelled);
    const partner = await b.tab.get();
    if (cancelled.state === "matched") expect(partner).toEqual(cancelled);
    else expect(partner.state).toBe("waiting");
    await Promise.all([a.tab.cancel(), b.tab.cancel()]);
  }
});

test("a second tab that asks while the first is being matched gets that match and no second one", async () => {
  for (let round = 0; round < 12; round++) {
    const [a, b] = [await newcomer(one), await newcomer(one)];
    const again = two.connect(a.accountId);
    await a.tab.request();
    await Promise.all([b.tab.request(), ...Array.from({ length: 5 }, () => again.request())]);
    await world.settle();
    const matched = await a.tab.expectLogged("matched");
    expect(await again.request()).toEqual(matched);
    expect(await a.tab.get()).toEqual(matched);
    expect(await b.tab.get()).toEqual(matched);
  }
});

test("who lost the last connection keeps the place for the grace, unmatched, and is matched on return", async () => {
  const away = await newcomer();
  const began = await away.tab.request();
  away.tab.close();
  await world.pass(1_000);
  const other = await newcomer(two);
  await other.tab.request();
  await world.pass(limits.matchGraceMs - 2_000);
  expect((await other.tab.get()).state).toBe("waiting");

  const back = two.connect(away.accountId);
  const answer = await back.request();
  expect(answer).toEqual({ ...began, requestedAt: world.since(requestedAt(began), world.passedMs - 4_000) } as never);
  await world.settle();
  expect(await back.expectLogged("matched")).toEqual(await other.tab.expectLogged("matched"));
});

const requestedAt = (match: object) => ("requestedAt" in match ? String(match.requestedAt) : "");

test("who comes back without asking again still waits", async () => {
  const { accountId, tab } = await newcomer();
  await tab.request();
  tab.close();
  await world.pass(3_000);
  const back = two.connect(accountId);
  await world.pass(20_000);
  expect((await back.get()).state).toBe("waiting");
  await back.cancel();
});

test("who does not come back is out of the line after the grace, and learns why", async () => {
  const { accountId, tab } = await newcomer();
  await tab.request();
  tab.close();
  await world.pass(limits.matchGraceMs - 1_000);
  expect((await one.matching.findState(accountId)).state).toBe("waiting");
  await world.pass(2_000);
  const back = one.connect(accountId);
  expect(await back.get()).toEqual({ state: "idle", reason: "disconnected" });
  expect((await back.request()).state).toBe("waiting");
  expect(await back.cancel()).toEqual(gone);
});

test("one of two tabs that closes ends nothing, be it on the same node or on another", async () => {
  const { accountId, tab } = await newcomer();
  const [same, other] = [one.connect(accountId), two.connect(accountId)];
  await tab.request();
  tab.close();
  await world.pass(20_000);
  expect((await same.get()).state).toBe("waiting");
  same.close();
  await world.pass(20_000);
  expect((await other.get()).state).toBe("waiting");
  await other.cancel();
});

test("a wait ends after the longest wait, and every tab is told", async () => {
  const { accountId, tab } = await newcomer();
  const other = two.connect(accountId);
  await tab.request();
  // As good as over: what stands between is rounds that change nothing.
  await world.admin`update matching_requests set ends_at = clock_timestamp() + interval '900 ms'`;
  await world.pass(500);
  expect((await tab.get()).state).toBe("waiting");
  await world.pass(1_000);
  expect(await tab.expectLogged("idle")).toEqual({ state: "idle", reason: "timed_out" });
  expect(await other.expectLogged("idle")).toEqual({ state: "idle", reason: "timed_out" });
});

test("a suspended account is out of the line at once and may not come back", async () => {
  const { accountId, tab } = await newcomer();
  await tab.request();
  await world.identity.suspendAccount(accountId);
  const ended = await eventually("the wait to end", () => stateUnlessWaiting(accountId));
  expect(ended).toEqual({ state: "idle", reason: "suspended" });
  const refused = await one
    .connect(accountId)
    .request()
    .catch((error: unknown) => error);
  expect((refused as MaruError).code).toBe("match.not_allowed");
  expect(refused).toBeInstanceOf(MaruError);
});

test("a business and an operator are told that matching is for people, and do not wait", async () => {
  for (const kind of ["business", "operator"]) {
    const { accountId, tab } = await newcomer();
    await world.admin`update identity_accounts set kind = ${kind} where id = ${accountId}`;
    const refused = await tab.request().catch((error: unknown) => error);
    expect((refused as MaruError).code).toBe("match.persons_only");
    expect((await one.matching.findState(accountId)).state).toBe("idle");
  }
});

test("a request that a suspension overtakes leaves no wait behind", async () => {
  for (let round = 0; round < 12; round++) {
    const { accountId, tab } = await newcomer();
    await Promise.all([tab.request().catch(() => null), world.identity.suspendAccount(accountId)]);
    const ended = await eventually("the wait to end", () => stateUnlessWaiting(accountId));
    expect(ended.state).toBe("idle");
  }
});

async function stateUnlessWaiting(accountId: string) {
  const match = await one.matching.findState(accountId);
  return match.state === "waiting" ? null : match;
}

test("a grace in which nobody could ever be matched is refused at the start", async () => {
  const opening = world.openNode({ deps: ({ limits: usual }) => ({ limits: { ...usual, matchGraceMs: 10_000 } }) });
  expect((await opening.catch((error: Error) => error.message)) as string).toContain("matchGraceMs");
});
