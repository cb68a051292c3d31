import type { Database } from "../../platform/db/database.ts";
import { mintAccount } from "../../testing/mint-account.ts";
import type { OwnChangingAccount } from "./locked-account.ts";

export type LatePerson = Awaited<ReturnType<typeof newLatePerson>>;

// All of three digits, so that no name is the beginning of another.
let count = 100;

/** Makes an account with an address, and `locked`: what a writer holds that has locked the account, long ago. */
export async function newLatePerson(db: Database) {
  const key = `late${++count}`;
  // Without a blank, so that it is found in what is derived from it too.
  const { accountId, nickname } = await mintAccount(db, `늦은${key}`);
  const email = `${key}@maru.example`;
  await db.sql`
    update identity_accounts set email = ${email}, email_key = ${email}, email_verified_at = now() where id = ${accountId}`;
  const locked = { accountId, authEpoch: "1", sessionId: null } as OwnChangingAccount;
  return { accountId, nickname, email, locked, key };
}
