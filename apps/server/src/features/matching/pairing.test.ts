import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { anyLine, findFault, type Line, lineOf, namesOf } from "./fixtures/pairing.fixture.ts";
import { choosePairs, type Pair, pairKey, secondMeetingAfterMs } from "./pairing.ts";

const choose = ({ waiting, facts }: Line) => namesOf(choosePairs(waiting, facts));
const settings = { seed: 20_261_121, numRuns: 3_000 };

test("the longest waiter goes first, with the longest waiter behind", () => {
  expect(choose(lineOf({ a: 10, b: 40, c: 30, d: 20 }))).toEqual(["bc", "da"]);
});

test("one person alone waits", () => {
  expect(choose(lineOf({ a: 600_000 }))).toEqual([]);
});

test("the one too many is the last who came", () => {
  expect(choose(lineOf({ a: 30, b: 20, c: 10 }))).toEqual(["ab"]);
});

test("blocked people never meet, however long they wait", () => {
  expect(choose(lineOf({ a: 600_000, b: 600_000 }, { blocked: ["ab"] }))).toEqual([]);
  expect(choose(lineOf({ a: 30, b: 20, c: 10 }, { blocked: ["ab"] }))).toEqual(["ac"]);
});

test("people who met lately meet somebody else while there is somebody", () => {
  expect(choose(lineOf({ a: 30_000, b: 20_000, c: 10 }, { met: ["ab"] }))).toEqual(["ac"]);
});

test("two strangers meet before the longest waiter meets one of them again", () => {
  expect(choose(lineOf({ a: 30_000, b: 20_000, c: 10_000 }, { met: ["ab", "ac"] }))).toEqual(["bc"]);
});

test("two people who met lately and are alone are not left waiting for ever", () => {
  const met = ["ab"];
  expect(choose(lineOf({ a: 30_000, b: secondMeetingAfterMs - 1 }, { met }))).toEqual([]);
  expect(choose(lineOf({ a: 30_000, b: secondMeetingAfterMs }, { met }))).toEqual(["ab"]);
  expect(choose(lineOf({ a: 30_000, b: 30_000 }, { met, blocked: met }))).toEqual([]);
});

test("who waits since the same moment is ordered by the wait, the same on every node", () => {
  const line = lineOf({ c: 10, a: 10, b: 10, d: 10 });
  const turned = { ...line, waiting: [...line.waiting].reverse() };
  expect(choose(line)).toEqual(["ab", "cd"]);
  expect(choose(turned)).toEqual(["ab", "cd"]);
});

test("whoever waits: nobody twice, nobody with themselves, nobody blocked, nobody passed over", () => {
  void fc.assert(
    fc.property(anyLine, (line) => expect(findFault(line, choosePairs(line.waiting, line.facts))).toBeNull()),
    settings,
  );
});

test("a long line in which neighbours met lately is paired to the last", () => {
  const waits = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [String(i), 60_000 - i]));
  const { waiting, facts } = lineOf(waits);
  const met = new Set(waiting.map((one, i) => pairKey(one.accountId, waiting[(i + 1) % 2_000]?.accountId ?? "")));
  const pairs = choosePairs(waiting, { ...facts, met });
  expect(pairs.length).toBe(1_000);
});

/** Ways to choose that break one rule each. */
const planted: Record<string, (line: Line) => Pair[]> = {
  "somebody meets themselves": ({ waiting }) => waiting.map((one) => ({ first: one, second: one })),
  "somebody is in two pairs": ({ waiting }) => {
    return waiting.slice(1).map((second, i) => ({ first: waiting[i] ?? second, second }));
  },
  "a blocked pair": ({ waiting, facts }) => choosePairs(waiting, { ...facts, blocked: new Set() }),
  "people who met lately meet again at once": ({ waiting, facts }) =>
    choosePairs(waiting, { ...facts, met: new Set() }),
  "two people are passed over": ({ waiting, facts }) => choosePairs(waiting, facts).slice(1),
};

for (const [fault, choosePlanted] of Object.entries(planted)) {
  test(`a choice with a planted fault is found: ${fault}`, () => {
    const faults = new Set<string | null>();
    for (const line of fc.sample(anyLine, settings)) faults.add(findFault(line, choosePlanted(line)));
    expect(faults).toContain(fault);
  });
}
