/**
 * A refresh token of a session: `fresh` was handed out and never presented, `current` is the last one presented,
 * `spent` was replaced. Times are epoch milliseconds.
 */
export type FamilyToken = {
  readonly hash: string;
  readonly state: "fresh" | "current" | "spent";
  /** When it was first given to anybody. */
  readonly handedAt: number;
  /** When it was last given again, or null. */
  readonly repeatedAt: number | null;
  /** Arrival of the request that made it `spent`. */
  readonly retiredAt: number | null;
};

/** What presenting a refresh token leads to. */
export type RefreshPlan<T extends FamilyToken = FamilyToken> =
  /** The token becomes `current`; everything else alive in the family is spent; a successor is made. */
  | { readonly kind: "advance"; readonly retire: readonly T[] }
  /** The answer was lost or two tabs asked at once: hand out the same successor again. */
  | { readonly kind: "repeat"; readonly successor: T }
  /** As `repeat`, long after: a further successor; whichever is presented first spends the others. */
  | { readonly kind: "branch"; readonly retire: readonly T[] }
  /**
   * The request arrived before the one that spent its token, or an answer may still be on its way with a successor that
   * is not given again: access, but no new refresh token.
   */
  | { readonly kind: "late" }
  /** Somebody kept a copy: the session ends. */
  | { readonly kind: "reuse" };

/**
 * How long after it was *first* handed out the same successor is handed out again, in ms. Counted from the last time,
 * whoever holds a copy and asks every minute would ride along for ever. It is also longer than any answer takes to
 * travel: another successor is made that long after the last handing, when no answer with the first is on its way.
 */
export const repeatWindowMs = 60_000;
/** How far processing may lag behind arrival for a request to count as overtaken, in ms. */
export const overtakenWindowMs = 10_000;
/** Successors of one token that may be alive at once. */
export const maxSuccessors = 4;

/**
 * Decides what a presented refresh token leads to.
 *
 * A predecessor stays good until its successor has been presented once: a lost answer, two tabs and a laptop that
 * slept sign nobody out. Within {@link repeatWindowMs} every repeat gets the *same* successor, so answers that cross
 * on their way to one cookie jar cannot leave a losing sibling in it. After that window, and once the last
 * answer has had time to travel, a repeat gets a successor of its own: two holders of one token then walk on different branches, and the second of them to move is found out.
 *
 * `live` are the family's `fresh` and `current` tokens.
 */
export function planRefresh<T extends FamilyToken>(
  live: readonly T[],
  presented: T,
  time: { readonly arrivedAt: number; readonly now: number },
): RefreshPlan<T> {
  switch (presented.state) {
    case "fresh":
      return { kind: "advance", retire: live.filter((token) => token.hash !== presented.hash) };
    case "current": {
      const successors = live.filter((token) => token.state === "fresh").sort((a, b) => b.handedAt - a.handedAt);
      const newest = successors[0];
      const isWithin = (at: number | null) => at !== null && Math.abs(time.now - at) < repeatWindowMs;
      if (newest && isWithin(newest.handedAt)) return { kind: "repeat", successor: newest };
      if (successors.some(({ repeatedAt }) => isWithin(repeatedAt))) return { kind: "late" };
      return { kind: "branch", retire: successors.slice(maxSuccessors - 1) };
    }
    case "spent": {
      const lead = presented.retiredAt === null ? 0 : presented.retiredAt - time.arrivedAt;
      return lead > 0 && lead <= overtakenWindowMs ? { kind: "late" } : { kind: "reuse" };
    }
  }
}
