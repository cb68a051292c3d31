type Counted = {
  /** Whom it counts. A `device` is a browser that has been signed in before; where there is none, its address. */
  readonly per: "address" | "device" | "account" | "mailbox";
  /** What it counts, for the documents. */
  readonly doc: string;
};

/** Counted in the memory of each node: n nodes let n times as many through. A bucket of `burst`, filled at `perSecond`. */
export type NodeRateLimit = Counted & {
  readonly scope: "node";
  readonly burst: number;
  readonly perSecond: number;
  /** Counted by the feature rather than before it, since a repeat gets its first answer also beyond the limit. */
  readonly isCountedInside?: true;
};

/** Counted in the database, exact over all nodes: at most `count` within any `windowMs`. */
export type SharedRateLimit = Counted & {
  readonly scope: "shared";
  readonly count: number;
  readonly windowMs: number;
  /** The shared limit beyond which this one lets some more through; it refuses nothing before that one is full. */
  readonly beyond?: string;
};

/**
 * Guesses at a secret, counted as failed from their start until they succeed: some are free, each further one doubles the
 * wait before the next. Counted in the database, exact over all nodes.
 */
export type GuessLimit = Counted & {
  readonly scope: "guess";
  /** Failures in a row that cost nothing. */
  readonly freeFailures: number;
  /** Wait after the first failure beyond; doubles with each further one, up to `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Quiet time after which failures are forgotten. */
  readonly forgetMs: number;
};
