import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { newId, newSecret } from "../../../platform/ids.ts";
import type { Passwords } from "../passwords/passwords.ts";
import { readEmail } from "./emails.ts";
import { keysOfNickname } from "./nicknames.ts";
import { findCredentials, insertAccount, insertConsent } from "./store-accounts.ts";

/**
 * Makes accounts that are ready to sign in with, for `maru dev` alone. Refuses unless the composition root, which knows
 * the command and the address, has allowed it. Again with the same e-mail is the same account.
 */
export function createReadyAccounts(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly isAllowed: boolean;
}) {
  const { db, clock, passwords } = deps;

  return async (account: { email: string; password: string; nickname: string }): Promise<{ accountId: string }> => {
    if (!deps.isAllowed) throw new Error("ready accounts exist only under `maru dev`, on loopback");
    const email = readEmail(account.email);
    if (!email) throw new Error(`${account.email} is no e-mail address`);
    const earlier = await findCredentials(db.sql, email.key);
    if (earlier) return { accountId: earlier.accountId };
    const passwordHash = await passwords.hash(account.password, {
      address: "this machine",
      account: email.key,
      isKnown: true,
    });
    const [id, createdAt] = [newId(), new Date(clock.now())];
    await db.transaction(async (tx) => {
      const keys = { emailKey: email.key, ...keysOfNickname(account.nickname) };
      const row = {
        id,
        email: email.address,
        ...keys,
        emailVerifiedAt: createdAt,
        passwordHash,
        locale: "ko",
        avatarSeed: newSecret(12),
        createdAt,
      } as const;
      if (!(await insertAccount(tx, row))) throw new Error(`the nickname ${account.nickname} is taken`);
      for (const kind of ["age", "terms", "privacy"] as const) {
        await insertConsent(tx, { accountId: id, kind, version: "dev", givenAt: createdAt });
      }
    });
    return { accountId: id };
  };
}
