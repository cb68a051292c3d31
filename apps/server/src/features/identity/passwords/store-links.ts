import type { AuthEpoch, LockedAccount } from "../accounts/locked-account.ts";
import { fromUuid } from "../accounts/store-uuids.ts";

export type LinkKind = "reset" | "first_sign_in";

/** Keeps a link; that of an account which is closed meanwhile is not kept, and opens nothing. */
export async function insertLink(
  sql: Bun.SQL,
  link: {
    hash: string;
    kind: LinkKind;
    /** Whose it is, with the epoch at which it is made; null when it is nobody's. */
    owner: { readonly accountId: string; readonly authEpoch: AuthEpoch } | null;
    emailKeyHash: string | null;
    at: Date;
    expiresAt: Date;
  },
): Promise<void> {
  const { owner } = link;
  const accountId = owner?.accountId ?? null;
  await sql`
    insert into identity_links (hash, kind, account_id, auth_epoch, email_key_hash, created_at, expires_at)
    select ${link.hash}::text, ${link.kind}::text, ${accountId}::uuid, ${owner?.authEpoch ?? null}::bigint,
      ${link.emailKeyHash}::text, ${link.at}::timestamptz, ${link.expiresAt}::timestamptz
    where ${accountId}::uuid is null or exists (select from living_accounts(array[${accountId}::uuid]))`;
}

/** Finds whose a link is that would open something; asked before a password is hashed for it. */
export async function findLink(
  sql: Bun.SQL,
  hash: string,
  kind: LinkKind,
  now: Date,
): Promise<{ accountId: string; authEpoch: AuthEpoch | null } | null> {
  const [row] = await sql<{ account_id: string; auth_epoch: AuthEpoch | null }[]>`
    select account_id, auth_epoch::text as auth_epoch from identity_links
    where hash = ${hash} and kind = ${kind} and used_at is null and expires_at > ${now} and account_id is not null`;
  return row ? { accountId: fromUuid(row.account_id), authEpoch: row.auth_epoch } : null;
}

/** Uses a link of an account up; false when it was used or has run out meanwhile. */
export async function useLink(
  sql: Bun.SQL,
  { accountId }: LockedAccount,
  hash: string,
  kind: LinkKind,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update identity_links set used_at = ${now}
    where hash = ${hash} and kind = ${kind} and account_id = ${accountId} and used_at is null and expires_at > ${now}
    returning 1 as is_used`;
  return rows.length > 0;
}

/** Makes all other links of an account worthless. */
export async function endLinks(sql: Bun.SQL, accountId: string, now: Date): Promise<void> {
  await sql`update identity_links set used_at = ${now} where account_id = ${accountId} and used_at is null`;
}

export async function deleteOldLinks(sql: Bun.SQL, endedBefore: Date): Promise<void> {
  await sql`delete from identity_links where expires_at < ${endedBefore}`;
}
