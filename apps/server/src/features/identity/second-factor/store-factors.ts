import type { AuthEpoch, ChangingAccount, LockedAccount } from "../accounts/locked-account.ts";
import { fromUuid } from "../accounts/store-uuids.ts";

export type TotpRow = {
  readonly sealed: string;
  readonly confirmedAt: Date | null;
  readonly lastStep: number;
  readonly createdAt: Date;
  /** The account's when the set-up began. */
  readonly authEpoch: AuthEpoch | null;
};

export async function findTotp(sql: Bun.SQL, accountId: string): Promise<TotpRow | null> {
  const [row] = await sql<
    {
      sealed: string;
      confirmed_at: Date | null;
      last_step: string;
      created_at: Date;
      auth_epoch: AuthEpoch | null;
    }[]
  >`
    select sealed, confirmed_at, last_step, created_at, auth_epoch::text as auth_epoch from identity_totp
    where account_id = ${accountId}`;
  if (!row) return null;
  const { sealed, confirmed_at: confirmedAt, created_at: createdAt, auth_epoch: authEpoch } = row;
  return { sealed, confirmedAt, createdAt, authEpoch, lastStep: Number(row.last_step) };
}

/** Begins setting up; a set-up that was not finished is replaced. False when one is confirmed. */
export async function putTotp(
  sql: Bun.SQL,
  { accountId, authEpoch }: LockedAccount,
  totp: { sealed: string; at: Date },
): Promise<boolean> {
  const rows = await sql`
    insert into identity_totp as t (account_id, auth_epoch, sealed, created_at)
    values (${accountId}, ${authEpoch}, ${totp.sealed}, ${totp.at})
    on conflict (account_id) do update set
      sealed = excluded.sealed, created_at = excluded.created_at, auth_epoch = excluded.auth_epoch
    where t.confirmed_at is null returning 1 as is_put`;
  return rows.length > 0;
}

/** Takes a time step's code, once. False when it was taken already. */
export async function takeTotpStep(sql: Bun.SQL, { accountId }: LockedAccount, step: number): Promise<boolean> {
  const rows = await sql`
    update identity_totp set last_step = ${step}
    where account_id = ${accountId} and confirmed_at is not null and last_step < ${step} returning 1 as is_taken`;
  return rows.length > 0;
}

/** Lets a set-up count from now on, with the time step of its first code. */
export async function confirmTotp(
  sql: Bun.SQL,
  { accountId }: ChangingAccount,
  totp: { step: number; at: Date },
): Promise<void> {
  await sql`
    update identity_totp set last_step = ${totp.step}, confirmed_at = ${totp.at} where account_id = ${accountId}`;
}

export async function deleteTotp(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<boolean> {
  const rows = await sql`delete from identity_totp where account_id = ${accountId} returning 1 as is_gone`;
  return rows.length > 0;
}

export async function countRecoveryCodes(sql: Bun.SQL, accountId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from identity_recovery_codes where account_id = ${accountId} and used_at is null`;
  return row?.count ?? 0;
}

export async function replaceRecoveryCodes(
  sql: Bun.SQL,
  { accountId }: ChangingAccount,
  hashes: readonly string[],
): Promise<void> {
  await sql`delete from identity_recovery_codes where account_id = ${accountId}`;
  for (const hash of hashes) {
    await sql`insert into identity_recovery_codes (account_id, hash) values (${accountId}, ${hash})`;
  }
}

/** Uses a recovery code up; false when it is none or was used. */
export async function takeRecoveryCode(
  sql: Bun.SQL,
  { accountId }: LockedAccount,
  hash: string,
  at: Date,
): Promise<boolean> {
  const rows = await sql`
    update identity_recovery_codes set used_at = ${at}
    where account_id = ${accountId} and hash = ${hash} and used_at is null returning 1 as is_taken`;
  return rows.length > 0;
}

export type PasskeyRow = {
  readonly id: string;
  readonly accountId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

export async function listPasskeys(sql: Bun.SQL, accountId: string): Promise<PasskeyRow[]> {
  const rows = await sql<
    {
      id: string;
      account_id: string;
      public_key: string;
      counter: string;
      transports: string[];
      name: string;
      created_at: Date;
      last_used_at: Date | null;
    }[]
  >`
    select id, account_id, public_key, counter, transports, name, created_at, last_used_at from identity_passkeys
    where account_id = ${accountId} order by created_at, id`;
  return rows.map((row) => ({
    id: row.id,
    accountId: fromUuid(row.account_id),
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: row.transports,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** Stores a passkey; false when the credential belongs to an account already. */
export async function insertPasskey(
  sql: Bun.SQL,
  { accountId }: ChangingAccount,
  passkey: Omit<PasskeyRow, "accountId" | "lastUsedAt">,
): Promise<boolean> {
  const rows = await sql`
    insert into identity_passkeys (id, account_id, public_key, counter, transports, name, created_at)
    values (${passkey.id}, ${accountId}, ${passkey.publicKey}, ${passkey.counter},
      ${JSON.stringify(passkey.transports)}::text::jsonb, ${passkey.name}, ${passkey.createdAt})
    on conflict do nothing returning 1 as is_stored`;
  return rows.length > 0;
}

export async function touchPasskey(sql: Bun.SQL, id: string, use: { counter: number; at: Date }): Promise<void> {
  await sql`update identity_passkeys set counter = ${use.counter}, last_used_at = ${use.at} where id = ${id}`;
}

export async function deletePasskey(sql: Bun.SQL, { accountId }: ChangingAccount, id: string): Promise<boolean> {
  const rows = await sql`
    delete from identity_passkeys where account_id = ${accountId} and id = ${id} returning 1 as is_gone`;
  return rows.length > 0;
}

export async function deletePasskeys(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`delete from identity_passkeys where account_id = ${accountId}`;
}

export async function putChallenge(
  sql: Bun.SQL,
  { accountId, authEpoch }: LockedAccount,
  challenge: { challenge: string; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into identity_challenges (account_id, auth_epoch, challenge, expires_at)
    values (${accountId}, ${authEpoch}, ${challenge.challenge}, ${challenge.expiresAt})
    on conflict (account_id) do update set
      auth_epoch = excluded.auth_epoch, challenge = excluded.challenge, expires_at = excluded.expires_at`;
}

/** Uses a challenge up. Call outside of the transaction that answers it: what fails there must not bring it back. */
export async function takeChallenge(
  sql: Bun.SQL,
  accountId: string,
  now: Date,
): Promise<{ challenge: string; authEpoch: AuthEpoch | null } | null> {
  const [row] = await sql<{ challenge: string; auth_epoch: AuthEpoch | null; expires_at: Date }[]>`
    delete from identity_challenges where account_id = ${accountId}
    returning challenge, auth_epoch::text as auth_epoch, expires_at`;
  return row && row.expires_at > now ? { challenge: row.challenge, authEpoch: row.auth_epoch } : null;
}
