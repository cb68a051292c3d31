/** A person who waits. Ids are 32 hexadecimal digits, times epoch ms by the database's clock. */
export type Waiting = { readonly requestId: string; readonly accountId: string; readonly requestedAt: number };

export type Pair = { readonly first: Waiting; readonly second: Waiting };

export type PairingFacts = {
  /** Pairs that must never meet, as {@link pairKey}. */
  readonly blocked: ReadonlySet<string>;
  /** Pairs that met lately, as {@link pairKey}. */
  readonly met: ReadonlySet<string>;
  readonly now: number;
};

/** How long two people who met lately wait for somebody else before they are paired again, in ms. */
export const secondMeetingAfterMs = 5_000;

/** One key for two accounts, whatever their order. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`;
}

/**
 * Chooses pairs among the waiting: the longest waiter first, each with the longest waiter who suits. Two who met
 * lately suit each other only when both have waited {@link secondMeetingAfterMs} and nobody else suits.
 *
 * Looking at a person costs as much as the people that do not suit; one look passes over those already paired.
 */
export function choosePairs(waiting: readonly Waiting[], facts: PairingFacts): Pair[] {
  const line = [...waiting].sort((a, b) => a.requestedAt - b.requestedAt || (a.requestId < b.requestId ? -1 : 1));
  const taken = new Set<string>();
  const pairs: Pair[] = [];
  for (const [place, first] of line.entries()) {
    if (taken.has(first.accountId)) continue;
    const second = findPartner(first, line, place + 1, taken, facts);
    if (!second) continue;
    taken.add(first.accountId).add(second.accountId);
    pairs.push({ first, second });
  }
  return pairs;
}

function findPartner(
  first: Waiting,
  line: readonly Waiting[],
  from: number,
  taken: ReadonlySet<string>,
  facts: PairingFacts,
): Waiting | null {
  let again: Waiting | null = null;
  for (let i = from; i < line.length; i++) {
    const other = line[i] as Waiting;
    if (taken.has(other.accountId) || other.accountId === first.accountId) continue;
    const key = pairKey(first.accountId, other.accountId);
    if (facts.blocked.has(key)) continue;
    if (!facts.met.has(key)) return other;
    // The one further back has waited less; when that one's time has come, so has the first one's.
    if (!again && facts.now - other.requestedAt >= secondMeetingAfterMs) again = other;
  }
  return again;
}
