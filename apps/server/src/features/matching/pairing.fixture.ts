import * as fc from "fast-check";
import { type Pair, type PairingFacts, pairKey, secondMeetingAfterMs, type Waiting } from "./pairing.ts";

/** A line of people and what is known of them. */
export type Line = { readonly waiting: readonly Waiting[]; readonly facts: PairingFacts };

/** An account of a test: one letter or number made as long as an id. */
export const idOf = (name: string | number) => String(name).padStart(32, "0");

/** A line that a test writes down: names and how long each has waited, in ms; pairs as "ab". */
export function lineOf(
  waits: Readonly<Record<string, number>>,
  { blocked = [], met = [] }: { blocked?: readonly string[]; met?: readonly string[] } = {},
): Line {
  const now = 1_000_000;
  const waiting = Object.entries(waits).map(([name, ms]) => {
    return { requestId: idOf(`d${name}`), accountId: idOf(name), requestedAt: now - ms };
  });
  const keys = (pairs: readonly string[]) => new Set(pairs.map(([a = "", b = ""]) => pairKey(idOf(a), idOf(b))));
  return { waiting, facts: { blocked: keys(blocked), met: keys(met), now } };
}

/** The chosen pairs as "ab", in their order. */
export const namesOf = (pairs: readonly Pair[]) =>
  pairs.map(({ first, second }) => first.accountId.slice(-1) + second.accountId.slice(-1));

/** Lines in which one in three pairs is blocked or has met, and several begin to wait in the same moment. */
export const anyLine: fc.Arbitrary<Line> = fc
  .record({
    waits: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 14 }),
    relations: fc.array(fc.constantFrom("blocked", "met", "strangers", "strangers", "strangers", "strangers"), {
      minLength: 91,
      maxLength: 91,
    }),
  })
  .map(({ waits, relations }) => {
    const now = 1_000_000;
    const waiting = waits.map((seconds, i) => {
      return { requestId: idOf(`d${i}`), accountId: idOf(i), requestedAt: now - seconds * 1_000 };
    });
    const facts = { blocked: new Set<string>(), met: new Set<string>(), now };
    let at = 0;
    for (let a = 0; a < waits.length; a++) {
      for (let b = a + 1; b < waits.length; b++) {
        const relation = relations[at++];
        if (relation === "blocked" || relation === "met") facts[relation].add(pairKey(idOf(a), idOf(b)));
      }
    }
    return { waiting, facts };
  });

/**
 * Tells what is wrong with a choice of pairs, or null. It knows the rules, not the way: a choice is fair when there are
 * no two people who would both rather have each other, where everybody prefers strangers, then the longest waiter.
 */
export function findFault({ waiting, facts }: Line, pairs: readonly Pair[]): string | null {
  const people = pairs.flatMap(({ first, second }) => [first, second]);
  if (pairs.some(({ first, second }) => first.accountId === second.accountId)) return "somebody meets themselves";
  if (new Set(people.map((one) => one.accountId)).size < people.length) return "somebody is in two pairs";
  if (people.some((one) => !waiting.includes(one))) return "somebody does not wait";
  const keys = pairs.map(({ first, second }) => pairKey(first.accountId, second.accountId));
  if (keys.some((key) => facts.blocked.has(key))) return "a blocked pair";
  const isPatient = (one: Waiting) => facts.now - one.requestedAt >= secondMeetingAfterMs;
  if (pairs.some((pair, i) => facts.met.has(keys[i] ?? "") && !(isPatient(pair.first) && isPatient(pair.second))))
    return "people who met lately meet again at once";

  const line = [...waiting].sort((a, b) => a.requestedAt - b.requestedAt || (a.requestId < b.requestId ? -1 : 1));
  const partners = new Map(pairs.flatMap(({ first, second }) => [[first, second] as const, [second, first] as const]));
  const worth = (one: Waiting, other: Waiting | undefined) => {
    if (!other) return Number.POSITIVE_INFINITY;
    return line.indexOf(other) + (facts.met.has(pairKey(one.accountId, other.accountId)) ? line.length : 0);
  };
  for (const a of line) {
    for (const b of line) {
      const key = pairKey(a.accountId, b.accountId);
      if (a === b || facts.blocked.has(key) || (facts.met.has(key) && !(isPatient(a) && isPatient(b)))) continue;
      if (worth(a, b) < worth(a, partners.get(a)) && worth(b, a) < worth(b, partners.get(b)))
        return "two people are passed over";
    }
  }
  return null;
}
