import type { AuthEpoch } from "../accounts/locked-account.ts";
import type { AccountState } from "../accounts/store-accounts.ts";

/** Locks an account against any other change until the transaction ends; returns its newest state and epoch. */
export async function lockAccount(
  sql: Bun.SQL,
  accountId: string,
): Promise<{ state: AccountState; authEpoch: AuthEpoch } | null> {
  const [row] = await sql<{ state: AccountState; auth_epoch: AuthEpoch }[]>`
    select state, auth_epoch::text as auth_epoch from identity_accounts where id = ${accountId} for no key update`;
  return row ? { state: row.state, authEpoch: row.auth_epoch } : null;
}

/** Takes a new epoch for a locked account. The session that makes the change goes along with it. */
export async function raiseAuthEpoch(
  sql: Bun.SQL,
  accountId: string,
  changingSessionId: string | null,
): Promise<AuthEpoch> {
  const [row] = await sql<{ auth_epoch: AuthEpoch }[]>`
    with raised as (
      update identity_accounts set auth_epoch = nextval('identity_auth_epochs') where id = ${accountId}
      returning auth_epoch
    ), kept as (
      update identity_auth_sessions s set auth_epoch = raised.auth_epoch from raised where s.id = ${changingSessionId}::uuid
    )
    select auth_epoch::text as auth_epoch from raised`;
  if (!row) throw new Error("an account that was locked is not there");
  return row.auth_epoch;
}

/** Whether a session of an account is alive, and keeps it so until the transaction ends. Call with the account locked. */
export async function holdSession(sql: Bun.SQL, accountId: string, sessionId: string): Promise<boolean> {
  const rows = await sql`
    select 1 as is_alive from identity_auth_sessions
    where id = ${sessionId} and account_id = ${accountId} and revoked_at is null for share`;
  return rows.length > 0;
}
