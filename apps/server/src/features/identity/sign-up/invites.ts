import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { AccountCreation } from "../accounts/account-creation.ts";
import { newSpelledSecret } from "../sign-in/secret-hashes.ts";
import { insertInvite } from "./store-invites.ts";

/** Makes invitations for installations where signing up is by invitation; the code is returned once and stored hashed. */
export function createInvites(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly creation: AccountCreation;
}) {
  const { db, clock, creation } = deps;
  return async ({ uses, lifeMs }: { readonly uses: number; readonly lifeMs: number }): Promise<string> => {
    const code = newSpelledSecret(16);
    const at = new Date(clock.now());
    await insertInvite(db.sql, {
      hash: creation.hashInvite(code),
      uses,
      at,
      expiresAt: new Date(at.getTime() + lifeMs),
    });
    return code;
  };
}
