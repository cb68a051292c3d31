import type { SealedColumn } from "../platform/reseal.ts";

/**
 * What somebody seals under the installation's secret, or knows by a hash that is keyed with it. What is not told would stay
 * under an earlier secret for ever; `sealed-columns.test.ts` holds it against the schema and against the program.
 */
export type SecretUse = {
  readonly columns?: readonly SealedColumn[];
  /** Columns of such names that the installation's secret has no part in, with the reason. */
  readonly sealedOtherwise?: Readonly<Record<string, string>>;
  /** What is sealed and kept by others, for how long it stays good there: nothing that could be sealed anew. */
  readonly sealedElsewhere?: Readonly<Record<string, string>>;
  /**
   * What is known by a keyed hash, by its purpose, and what a change of the secret means to it. What is looked up goes by
   * every known secret; the rest by the present one alone. None of it can be made anew: nobody knows what a hash is of.
   */
  readonly keyedHashes?: Readonly<Record<string, KeyedHash>>;
};

export type KeyedHash = { readonly isLookedUp: boolean; readonly change: string };
