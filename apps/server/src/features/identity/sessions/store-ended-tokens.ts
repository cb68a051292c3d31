import { limits } from "@maru/protocol";

/** Which sessions are about to be deleted: all of an account, or those that ended before a time. */
type Deleted = { readonly accountId: string } | { readonly revokedBefore: Date };

/**
 * Keeps the hashes of tokens that a device may still hold of sessions that somebody ended, until the device has forgotten
 * them. Call before the sessions are deleted.
 */
export async function keepEndedTokens(sql: Bun.SQL, deleted: Deleted): Promise<void> {
  const accountId = "accountId" in deleted ? deleted.accountId : null;
  const revokedBefore = "revokedBefore" in deleted ? deleted.revokedBefore : null;
  await sql`
    insert into identity_ended_tokens (hash, ends_at)
    select t.hash, s.last_used_at + ${limits.refreshTokenMs} * interval '1 ms'
    from identity_auth_sessions s join identity_refresh_tokens t on t.session_id = s.id
    where s.revoked_at is not null and t.state <> 'spent'
      and (s.account_id = ${accountId}::uuid or s.revoked_at < ${revokedBefore}::timestamptz)
    on conflict do nothing`;
}

/** Whether a token is one of a session that somebody ended and that is deleted since. */
export async function isEndedToken(sql: Bun.SQL, hash: string, now: Date): Promise<boolean> {
  const rows = await sql`select 1 as is_ended from identity_ended_tokens where hash = ${hash} and ends_at > ${now}`;
  return rows.length > 0;
}

export async function deleteForgottenTokens(sql: Bun.SQL, now: Date): Promise<void> {
  await sql`delete from identity_ended_tokens where ends_at <= ${now}`;
}
