import { type Clock, guessLimits, isStorableText, type signInInputSchema } from "@maru/protocol";
import type * as z from "zod";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { Seals } from "../../platform/seals.ts";
import { createAttempts } from "./attempts.ts";
import type { AuthProof } from "./auth-epochs.ts";
import { readEmail } from "./emails.ts";
import type { Entry, Visit } from "./entrance.ts";
import type { Passwords } from "./passwords.ts";
import { createSharedAttempts } from "./shared-attempts.ts";
import { findCredentials } from "./store-accounts.ts";

/**
 * Signs in with e-mail and password.
 *
 * An unknown e-mail, one that cannot exist, an account without a password and a wrong password get the same answer
 * after the same work. That an account is suspended is told only to who knows its password.
 */
export function createSignIn(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly seals: Seals;
  readonly passwords: Passwords;
  /** What follows the right password. */
  readonly admit: (proof: AuthProof, visit: Visit) => Promise<Entry>;
}) {
  const { db, clock, log, passwords, admit } = deps;
  const emails = createSharedAttempts({
    db,
    clock,
    seals: deps.seals,
    name: "password",
    rule: guessLimits.password_account,
  });
  const addresses = createAttempts(clock, guessLimits.password_address);

  return async function signIn(input: z.output<typeof signInInputSchema>, visit: Visit): Promise<Entry> {
    const { address } = visit;
    if (!isStorableText(input.deviceName)) throw fail("request.invalid");
    // What can be nobody's e-mail costs the same work, but is counted by address only: all such texts share no owner.
    const emailKey = readEmail(input.email)?.key ?? null;
    addresses.begin(address);
    let hasBegunEmail = false;
    try {
      if (emailKey !== null) {
        await emails.begin(emailKey);
        hasBegunEmail = true;
      }
      const credentials = await findCredentials(db.sql, emailKey ?? "");
      const isRight = await passwords.verify(input.password, credentials?.passwordHash ?? null);
      if (!credentials || !isRight) {
        log.info("a sign-in failed", { accountId: credentials?.accountId });
        throw fail("sign_in.failed");
      }
      const { accountId, authEpoch } = credentials;
      const entry = await admit({ journey: "password", accountId, authEpoch, sessionId: null }, visit);
      if (emailKey !== null) await emails.forget(emailKey);
      addresses.takeBack(address);
      return entry;
    } catch (error) {
      // What says nothing about the password (too busy, database away) is no failed guess.
      const isGuess = error instanceof Error && "code" in error && error.code === "sign_in.failed";
      if (!isGuess && emailKey !== null && hasBegunEmail) await emails.takeBack(emailKey).catch(() => {});
      if (!isGuess) addresses.takeBack(address);
      throw error;
    }
  };
}
