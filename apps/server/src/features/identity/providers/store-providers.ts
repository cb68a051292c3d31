import type { AuthEpoch, ChangingAccount, LockedAccount } from "../accounts/locked-account.ts";
import { fromUuid } from "../accounts/store-uuids.ts";

export type ProviderLinkRow = { readonly providerId: string; readonly connectedAt: Date };

/** Finds which account somebody at a provider is, and its epoch now. */
export async function findProviderAccount(
  sql: Bun.SQL,
  issuer: string,
  subject: string,
): Promise<{ accountId: string; authEpoch: AuthEpoch } | null> {
  const [row] = await sql<{ account_id: string; auth_epoch: AuthEpoch }[]>`
    select l.account_id, a.auth_epoch::text as auth_epoch
    from identity_provider_links l join identity_accounts a on a.id = l.account_id
    where l.issuer = ${issuer} and l.subject = ${subject}`;
  return row ? { accountId: fromUuid(row.account_id), authEpoch: row.auth_epoch } : null;
}

/** Connects somebody at a provider with an account; false when either is connected already. */
export async function insertProviderLink(
  sql: Bun.SQL,
  { accountId }: LockedAccount,
  link: { issuer: string; subject: string; providerId: string; at: Date },
): Promise<boolean> {
  const rows = await sql`
    insert into identity_provider_links (issuer, subject, account_id, provider_id, connected_at)
    values (${link.issuer}, ${link.subject}, ${accountId}, ${link.providerId}, ${link.at})
    on conflict do nothing returning 1 as is_stored`;
  return rows.length > 0;
}

export async function listProviderLinks(sql: Bun.SQL, accountId: string): Promise<ProviderLinkRow[]> {
  const rows = await sql<{ provider_id: string; connected_at: Date }[]>`
    select provider_id, connected_at from identity_provider_links
    where account_id = ${accountId} order by connected_at, provider_id`;
  return rows.map((row) => ({ providerId: row.provider_id, connectedAt: row.connected_at }));
}

export async function deleteProviderLink(
  sql: Bun.SQL,
  { accountId }: ChangingAccount,
  providerId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from identity_provider_links where account_id = ${accountId} and provider_id = ${providerId}
    returning 1 as is_gone`;
  return rows.length > 0;
}

export async function deleteProviderLinks(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`delete from identity_provider_links where account_id = ${accountId}`;
}

export type ProviderAttemptRow = {
  readonly providerId: string;
  readonly browserHash: string;
  readonly sealed: string;
  readonly accountId: string | null;
  readonly sessionId: string | null;
  /** The account's when it began; without an account, where the counter of epochs stood. */
  readonly authEpoch: AuthEpoch | null;
  readonly expiresAt: Date;
};

/** Keeps an attempt; without an epoch it carries where the counter of epochs stands. */
export async function insertProviderAttempt(
  sql: Bun.SQL,
  attempt: ProviderAttemptRow & { hash: string },
): Promise<void> {
  await sql`
    insert into identity_provider_attempts
      (hash, provider_id, browser_hash, sealed, account_id, session_id, auth_epoch, expires_at)
    values (${attempt.hash}, ${attempt.providerId}, ${attempt.browserHash}, ${attempt.sealed}, ${attempt.accountId},
      ${attempt.sessionId}, coalesce(${attempt.authEpoch}::bigint, (select last_value from identity_auth_epochs)),
      ${attempt.expiresAt})`;
}

export async function findProviderAttempt(sql: Bun.SQL, hash: string): Promise<ProviderAttemptRow | null> {
  const [row] = await sql<
    {
      provider_id: string;
      browser_hash: string;
      sealed: string;
      account_id: string | null;
      session_id: string | null;
      auth_epoch: AuthEpoch | null;
      expires_at: Date;
    }[]
  >`
    select provider_id, browser_hash, sealed, account_id, session_id, auth_epoch::text as auth_epoch, expires_at
    from identity_provider_attempts where hash = ${hash}`;
  if (!row) return null;
  return {
    providerId: row.provider_id,
    browserHash: row.browser_hash,
    sealed: row.sealed,
    accountId: row.account_id === null ? null : fromUuid(row.account_id),
    sessionId: row.session_id === null ? null : fromUuid(row.session_id),
    authEpoch: row.auth_epoch,
    expiresAt: row.expires_at,
  };
}

/** Uses an attempt up in the browser that made it: whoever comes first has it. */
export async function takeProviderAttempt(sql: Bun.SQL, hash: string, browserHash: string): Promise<boolean> {
  const rows = await sql`
    delete from identity_provider_attempts where hash = ${hash} and browser_hash = ${browserHash}
    returning 1 as is_taken`;
  return rows.length > 0;
}

export async function deleteOldProviderAttempts(sql: Bun.SQL, endedBefore: Date): Promise<void> {
  await sql`delete from identity_provider_attempts where expires_at < ${endedBefore}`;
}
