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
 * Chooses pairs among the waiting: the longest waiter first, each with the longest waiter who suits. Who met lately is
 * paired again only after everybody else found a partner, and only when both have waited {@link secondMeetingAfterMs}:
 * somebody new may be about to come.
 *
 * Looking at a person costs as much as the people that do not suit; one look passes over those already paired.
 */
export function choosePairs(waiting: readonly Waiting[], { blocked, met, now }: PairingFacts): Pair[] {
  const line = [...waiting].sort((a, b) => a.requestedAt - b.requestedAt || (a.requestId < b.requestId ? -1 : 1));
  const strangers = pairUp(line, (key) => !blocked.has(key) && !met.has(key));
  const taken = new Set(strangers.flatMap(({ first, second }) => [first.accountId, second.accountId]));
  const patient = line.filter((one) => !taken.has(one.accountId) && now - one.requestedAt >= secondMeetingAfterMs);
  return [...strangers, ...pairUp(patient, (key) => !blocked.has(key))];
}

/** Pairs a line from its front, each with the first one behind who suits. */
function pairUp(line: readonly Waiting[], suits: (key: string) => boolean): Pair[] {
  const taken = new Set<string>();
  const pairs: Pair[] = [];
  for (const [place, first] of line.entries()) {
    if (taken.has(first.accountId)) continue;
    const second = findPartner(first, line, place + 1, taken, suits);
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
  suits: (key: string) => boolean,
): Waiting | null {
  for (let i = from; i < line.length; i++) {
    const other = line[i] as Waiting;
    if (taken.has(other.accountId) || other.accountId === first.accountId) continue;
    if (suits(pairKey(first.accountId, other.accountId))) return other;
  }
  return null;
}
