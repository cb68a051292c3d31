import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import { failFields } from "../accounts/account-creation.ts";
import { findPassword } from "../accounts/store-accounts.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import { findSessionStart } from "../sessions/store-sessions.ts";
import type { AuthProof } from "../sign-in/auth-epochs.ts";
import { createSharedAttempts } from "../sign-in/shared-attempts.ts";
import type { HashCaller } from "./hash-queue.ts";
import type { Passwords } from "./passwords.ts";

/** How long ago a sign-in may be to count as fresh, for those who have no password. */
const freshMs = 600_000;

/** Who is signed in already is hashed for before strangers. */
export function hashCallerOf({ accountId, sessionId }: AccessRight): HashCaller {
  return { address: sessionId, account: accountId, isKnown: true };
}

export type Reauthentication = ReturnType<typeof createReauthentication>;

/** Asks who is signed in to show that it is still them, before what cannot be taken back. */
export function createReauthentication(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly passwords: Passwords;
}) {
  const { db, clock, passwords } = deps;
  const attempts = createSharedAttempts({ db, clock, secretBox: deps.secretBox, limit: "password_proof" });
  const ofAccount = createSharedAttempts({ db, clock, secretBox: deps.secretBox, limit: "password_proof_all" });

  async function requireFresh({ accountId, sessionId }: AccessRight): Promise<AuthProof> {
    const start = await findSessionStart(db.sql, sessionId);
    if (!start || clock.now() - start.createdAt.getTime() > freshMs) throw fail("auth.fresh_required");
    return { flow: "recent_sign_in", accountId, authEpoch: start.authEpoch, sessionId };
  }

  return {
    /**
     * Proves who knows the password; who has none must have signed in a moment ago. Guessing gets slower, also for who
     * holds a stolen session. The proof is good for one change, by {@link AuthEpochs.redeem}.
     */
    async require(right: AccessRight, password: string | undefined): Promise<AuthProof> {
      const known = await findPassword(db.sql, right.accountId);
      const hash = known?.hash ?? null;
      if (!known || hash === null) return requireFresh(right);
      // By device: who guesses on a stolen one does not keep the owner from proving it on theirs.
      const guesser = `${right.accountId}:${right.sessionId}`;
      await attempts.begin(guesser);
      // By account too, or who comes in another way would have new guesses with each sign-in.
      await ofAccount.begin(right.accountId).catch(async (error: unknown) => {
        await attempts.takeBack(guesser).catch(() => {});
        throw error;
      });
      const takeBackOfAccount = () => ofAccount.takeBack(right.accountId).catch(() => {});
      let isRight: boolean;
      try {
        isRight = await passwords.verify(password ?? "", hash, hashCallerOf(right));
      } catch (error) {
        await attempts.takeBack(guesser).catch(() => {});
        await takeBackOfAccount();
        throw error;
      }
      if (!isRight) throw failFields([{ path: "password", code: "password.wrong" }]);
      await attempts.forget(guesser);
      await takeBackOfAccount();
      const { accountId, sessionId } = right;
      return { flow: "password_proof", accountId, authEpoch: known.authEpoch, sessionId };
    },
  };
}
