import type { Database } from "../../../platform/db/database.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { RevocationRow } from "../sessions/store-revocations.ts";
import type { AuthEpochs } from "../sign-in/auth-epochs.ts";
import {
  type AccountStanding,
  type AccountState,
  findAccountStanding,
  findAccountState,
  markActive,
  markSuspended,
} from "./store-accounts.ts";

/** Suspends accounts and lets them come back. Who may do so is decided by whoever calls. */
export function createAccountStates(deps: {
  readonly db: Database;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly epochs: AuthEpochs;
}) {
  const { db, sessions, revocations, epochs } = deps;

  return {
    find: (accountId: string): Promise<AccountState | null> => findAccountState(db.sql, accountId),

    /** What an account is and whether it may act; null when there is none. */
    findStanding: (accountId: string): Promise<AccountStanding | null> => findAccountStanding(db.sql, accountId),

    /**
     * Suspends an active account: its devices are signed out, its access tokens refused on every node within a second,
     * and it cannot sign in. False when it was not active.
     */
    async suspend(accountId: string): Promise<boolean> {
      const rows = await db.transaction(async (tx): Promise<RevocationRow[]> => {
        const found = await epochs.lockForOperator(tx, accountId);
        if (found?.state !== "active") return [];
        await markSuspended(tx, await epochs.raiseForOperator(tx, found.account, "suspended"));
        // The account first: who listens closes its sockets with the reason that matters.
        const account = { kind: "account", accountId, sessionId: null, reason: "suspended" } as const;
        return [
          ...(await revocations.record(tx, [account])),
          ...(await sessions.revokeAll(tx, accountId, "suspended")),
        ];
      });
      revocations.announce(rows);
      return rows.length > 0;
    },

    /** Lets a suspended account sign in again; its old sessions stay ended. False when it was not suspended. */
    async restore(accountId: string): Promise<boolean> {
      const rows = await db.transaction(async (tx): Promise<RevocationRow[]> => {
        const found = await epochs.lockForOperator(tx, accountId);
        if (found?.state !== "suspended") return [];
        await markActive(tx, found.account);
        return revocations.record(tx, [{ kind: "account_restored", accountId, sessionId: null, reason: "restored" }]);
      });
      revocations.announce(rows);
      return rows.length > 0;
    },
  };
}
