import type { ChangingAccount } from "../accounts/locked-account.ts";
import type { ConsentKind } from "../accounts/store-accounts.ts";
import { fromUuid, toUuidArray } from "../accounts/store-uuids.ts";
import { keepEndedTokens } from "../sessions/store-ended-tokens.ts";

export type LeavingRow = { readonly accountId: string; readonly messages: "keep" | "remove"; readonly leftAt: Date };

/** Takes an account out of use: its e-mail is free again, its nickname stays its own, nothing opens it. */
export async function closeAccount(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`
    update identity_accounts
    set state = 'gone', email_key = null, password_hash = null
    where id = ${accountId}`;
  await sql`delete from identity_devices where account_id = ${accountId}`;
  await sql`delete from identity_links where account_id = ${accountId}`;
  await sql`delete from identity_steps where account_id = ${accountId}`;
}

export async function insertLeaving(sql: Bun.SQL, leaving: LeavingRow & { eraseAfter: Date }): Promise<void> {
  await sql`
    insert into identity_leavings (account_id, messages, left_at, erase_after)
    values (${leaving.accountId}, ${leaving.messages}, ${leaving.leftAt}, ${leaving.eraseAfter})`;
}

/** A page of people; those who failed are left out, so that they hold up nobody. */
type Page = { readonly limit: number; readonly except: readonly string[] };

export async function listDueLeavings(sql: Bun.SQL, now: Date, { limit, except }: Page): Promise<LeavingRow[]> {
  const rows = await sql<{ account_id: string; messages: "keep" | "remove"; left_at: Date }[]>`
    select account_id, messages, left_at from identity_leavings
    where erase_after <= ${now} and departed_at is not null and account_id <> all(${toUuidArray(except)}::text::uuid[])
    order by erase_after limit ${limit}`;
  return rows.map((row) => ({ accountId: fromUuid(row.account_id), messages: row.messages, leftAt: row.left_at }));
}

/** Lists who has left without every feature having been notified. */
export async function listUnnotified(sql: Bun.SQL, { limit, except }: Page): Promise<string[]> {
  const rows = await sql<{ account_id: string }[]>`
    select account_id from identity_leavings
    where departed_at is null and account_id <> all(${toUuidArray(except)}::text::uuid[])
    order by left_at limit ${limit}`;
  return rows.map((row) => fromUuid(row.account_id));
}

export async function markNotified(sql: Bun.SQL, accountId: string, at: Date): Promise<void> {
  await sql`update identity_leavings set departed_at = ${at} where account_id = ${accountId}`;
}

/** Erases an account with everything of this feature that names it. Its devices are distinguished from unknown ones still. */
export async function eraseAccount(sql: Bun.SQL, accountId: string): Promise<void> {
  await keepEndedTokens(sql, { accountId });
  await sql`delete from identity_revocations where account_id = ${accountId}`;
  await sql`delete from identity_accounts where id = ${accountId}`;
}

export type ConsentRow = {
  readonly kind: ConsentKind;
  readonly version: string;
  readonly givenAt: Date;
  readonly withdrawnAt: Date | null;
};

export async function listConsents(sql: Bun.SQL, accountId: string): Promise<ConsentRow[]> {
  const rows = await sql<{ kind: ConsentKind; version: string; given_at: Date; withdrawn_at: Date | null }[]>`
    select kind, version, given_at, withdrawn_at from identity_consents
    where account_id = ${accountId} order by given_at, kind`;
  return rows.map((row) => ({
    kind: row.kind,
    version: row.version,
    givenAt: row.given_at,
    withdrawnAt: row.withdrawn_at,
  }));
}

/** Withdraws the consents of a kind that are in force. */
export async function withdrawConsents(sql: Bun.SQL, accountId: string, kind: ConsentKind, at: Date): Promise<void> {
  await sql`
    update identity_consents set withdrawn_at = ${at}
    where account_id = ${accountId} and kind = ${kind} and withdrawn_at is null`;
}
