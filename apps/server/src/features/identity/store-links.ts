import { fromUuid } from "./store-uuids.ts";

export type LinkKind = "reset" | "first_sign_in";

export async function insertLink(
  sql: Bun.SQL,
  link: {
    hash: string;
    kind: LinkKind;
    accountId: string | null;
    emailKeyHash: string | null;
    at: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await sql`
    insert into identity_links (hash, kind, account_id, email_key_hash, created_at, expires_at)
    values (${link.hash}, ${link.kind}, ${link.accountId}, ${link.emailKeyHash}, ${link.at}, ${link.expiresAt})`;
}

/** Finds whose a link is that would open something; asked before a password is hashed for it. */
export async function findLink(
  sql: Bun.SQL,
  hash: string,
  kind: LinkKind,
  now: Date,
): Promise<{ accountId: string } | null> {
  const [row] = await sql<{ account_id: string }[]>`
    select account_id from identity_links
    where hash = ${hash} and kind = ${kind} and used_at is null and expires_at > ${now} and account_id is not null`;
  return row ? { accountId: fromUuid(row.account_id) } : null;
}

/** Uses a link up: tells whose it is, once. */
export async function useLink(sql: Bun.SQL, hash: string, kind: LinkKind, now: Date): Promise<string | null> {
  const [row] = await sql<{ account_id: string }[]>`
    update identity_links set used_at = ${now}
    where hash = ${hash} and kind = ${kind} and used_at is null and expires_at > ${now} and account_id is not null
    returning account_id`;
  return row ? fromUuid(row.account_id) : null;
}

/** Makes all other links of an account worthless. */
export async function endLinks(sql: Bun.SQL, accountId: string, now: Date): Promise<void> {
  await sql`update identity_links set used_at = ${now} where account_id = ${accountId} and used_at is null`;
}

export async function countLinksOfEmail(sql: Bun.SQL, emailKeyHash: string, since: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from identity_links where email_key_hash = ${emailKeyHash} and created_at > ${since}`;
  return row?.count ?? 0;
}

export async function deleteOldLinks(sql: Bun.SQL, endedBefore: Date): Promise<void> {
  await sql`delete from identity_links where expires_at < ${endedBefore}`;
}
