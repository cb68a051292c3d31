import { type AccountLimits, usualAccountLimits } from "@maru/protocol";

/**
 * What an account may. Known at once for whoever is connected here, so that what is asked for each message costs no
 * round trip; a promise for an account that this node has not looked up yet. Whoever asks within a transaction gives it, and
 * waits for no second connection.
 */
export type LimitsOf = (accountId: string, tx?: Bun.SQL) => AccountLimits | Promise<AccountLimits>;

/** Describes what accounts may other than usual; whoever sells or grants it registers one. */
export type LimitsSource = {
  /**
   * Reads what is granted as it is now, by account; of an account that is left out, everything is as usual. What ends by
   * time is left out from its end on: every account that is connected is read again every few seconds. By the transaction,
   * where there is one.
   */
  list(accountIds: readonly string[], tx?: Bun.SQL): Promise<ReadonlyMap<string, Partial<AccountLimits>>>;
};

/** Where nothing is granted to anybody. */
export const everybodyAsUsual = (): AccountLimits => usualAccountLimits;
