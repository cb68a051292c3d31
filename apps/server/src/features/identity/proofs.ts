import { type Clock, guessLimits } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { Seals } from "../../platform/seals.ts";
import type { AccessRight } from "./access-tokens.ts";
import { failFields } from "./account-making.ts";
import type { Passwords } from "./passwords.ts";
import { createSharedAttempts } from "./shared-attempts.ts";
import { findPasswordHash } from "./store-accounts.ts";
import { findSessionStart } from "./store-sessions.ts";

/** How long ago a sign-in may be to count as fresh, for those who have no password. */
const freshMs = 600_000;
const rule = guessLimits.password_proof;

export type Proofs = ReturnType<typeof createProofs>;

/** Asks who is signed in to show that it is still them, before what cannot be taken back. */
export function createProofs(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly passwords: Passwords;
}) {
  const { db, clock, passwords } = deps;
  const attempts = createSharedAttempts({ db, clock, seals: deps.seals, name: "proof", rule });

  async function requireFresh({ sessionId }: AccessRight): Promise<void> {
    const start = await findSessionStart(db.sql, sessionId);
    if (!start || clock.now() - start.getTime() > freshMs) throw fail("auth.fresh_required");
  }

  return {
    /**
     * Lets pass who knows the password; who has none must have signed in a moment ago. Guessing gets slower, also for
     * who holds a stolen session.
     */
    async require(right: AccessRight, password: string | undefined): Promise<void> {
      const hash = await findPasswordHash(db.sql, right.accountId);
      if (hash === null) return requireFresh(right);
      await attempts.begin(right.accountId);
      let isRight: boolean;
      try {
        isRight = await passwords.verify(password ?? "", hash);
      } catch (error) {
        await attempts.takeBack(right.accountId).catch(() => {});
        throw error;
      }
      if (!isRight) throw failFields([{ path: "password", code: "password.wrong" }]);
      await attempts.forget(right.accountId);
    },
  };
}
