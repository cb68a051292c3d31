import { type Clock, findNameFault, type signInInputSchema } from "@maru/protocol";
import type * as z from "zod";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import { failFields } from "../accounts/account-creation.ts";
import { readEmail } from "../accounts/emails.ts";
import { findCredentials } from "../accounts/store-accounts.ts";
import type { Passwords } from "../passwords/passwords.ts";
import { RefusedAccount } from "../security-log/security-log.ts";
import type { AuthProof } from "./auth-epochs.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import type { Entry, Visit } from "./open-session.ts";
import { hashSecret } from "./secret-hashes.ts";
import { createSharedAttempts, type SharedAttempts } from "./shared-attempts.ts";

/** One count that an attempt stands in, by its start. */
type Begun = { readonly attempts: SharedAttempts; readonly key: string };

/**
 * Signs in with e-mail and password.
 *
 * An unknown e-mail, one that cannot exist, an account without a password and a wrong password get the same answer
 * after the same work. That an account is suspended is shown only to who knows its password.
 *
 * Strangers who guess wait, by address and by account. A visitor whom the account knows counts for itself alone, so that
 * no guesses of others, from wherever, keep its owner out. A new password starts every count of the account anew.
 */
export function createSignIn(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly passwords: Passwords;
  readonly knownBrowsers: KnownBrowsers;
  /** What follows the right password. */
  readonly admit: (proof: AuthProof, visit: Visit) => Promise<Entry>;
}) {
  const { db, clock, secretBox, passwords, knownBrowsers, admit } = deps;
  const byAccount = createSharedAttempts({ db, clock, secretBox, limit: "password_account" });
  const byAddress = createSharedAttempts({ db, clock, secretBox, limit: "password_address" });
  const byDevice = createSharedAttempts({ db, clock, secretBox, limit: "password_device" });

  return async function signIn(input: z.output<typeof signInInputSchema>, visit: Visit): Promise<Entry> {
    if (findNameFault(input.deviceName, "device")) throw failFields([{ path: "deviceName", code: "name.invalid" }]);
    // What can be nobody's e-mail costs the same work, but is counted by address only: all such texts share no owner.
    const emailKey = readEmail(input.email)?.key ?? null;
    const credentials = await findCredentials(db.sql, emailKey ?? "");
    const passwordHash = credentials?.passwordHash ?? null;
    const known = await knownBrowsers.find(credentials?.accountId ?? null, visit);
    const mark = hashSecret(passwordHash ?? "");
    const inAccount: Begun[] = emailKey === null ? [] : [{ attempts: byAccount, key: `${emailKey}:${mark}` }];
    const counts: Begun[] =
      known === null
        ? [...inAccount, { attempts: byAddress, key: visit.address }]
        : [{ attempts: byDevice, key: `${known}:${mark}` }];
    const begun: Begun[] = [];
    try {
      for (const { attempts, key } of counts) attempts.requireOpen(key);
      for (const one of counts) {
        await one.attempts.begin(one.key);
        begun.push(one);
      }
      const caller = { address: visit.address, account: emailKey ?? visit.address, isKnown: known !== null };
      const isRight = await passwords.verify(input.password, passwordHash, caller);
      if (!credentials || !isRight) {
        throw fail("sign_in.failed", {}, { cause: new RefusedAccount({ accountId: credentials?.accountId }) });
      }
      const { accountId, authEpoch } = credentials;
      const entry = await admit({ flow: "password", accountId, authEpoch, sessionId: null }, visit);
      // Its owner is there: guesses at the account are forgotten, those of the address at others are not.
      for (const { attempts, key } of begun) {
        await (attempts === byAddress ? attempts.takeBack(key) : attempts.forget(key));
      }
      return entry;
    } catch (error) {
      // What says nothing about the password (too busy, database away) is no failed guess.
      const isGuess = error instanceof Error && "code" in error && error.code === "sign_in.failed";
      if (!isGuess) for (const { attempts, key } of begun) await attempts.takeBack(key).catch(() => {});
      throw error;
    }
  };
}
