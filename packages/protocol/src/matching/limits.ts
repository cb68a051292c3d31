/** Limits of matching. */
export const matchingLimits = {
  /** Time a person who waits for a match may be without a connection, in ms. */
  matchGraceMs: 5_000,
  /** Longest wait for a match, in ms. */
  matchWaitMs: 600_000,
} as const;
