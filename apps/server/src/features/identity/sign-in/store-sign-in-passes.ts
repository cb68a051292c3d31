import type { ChangingAccount } from "../accounts/locked-account.ts";

/** Lets a browser or an address, by its mark, count for itself at an account until a time, unless the account is closed. */
export async function insertSignInPass(
  sql: Bun.SQL,
  pass: { accountId: string; visitorHash: string; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into identity_sign_in_passes (account_id, address_hash, expires_at)
    select a.id, ${pass.visitorHash}::text, ${pass.expiresAt}::timestamptz
    from living_accounts(array[${pass.accountId}::uuid]) as a (id)
    on conflict (account_id, address_hash) do update set expires_at = excluded.expires_at`;
}

/** Whether a browser was signed in to an account, and whether it or its address, by any of its hashes, has a pass there. */
export async function findKnown(
  sql: Bun.SQL,
  asked: { accountId: string; deviceHash: string; addressHashes: readonly string[]; now: Date },
): Promise<{ isDeviceKnown: boolean; passHash: string | null }> {
  const { accountId, deviceHash, now } = asked;
  const hashes = JSON.stringify([deviceHash, ...asked.addressHashes]);
  const [row] = await sql<{ is_device_known: boolean; pass_hash: string | null }[]>`
    select
      exists (select from identity_devices where account_id = ${accountId} and hash = ${deviceHash}) as is_device_known,
      (
        select address_hash from identity_sign_in_passes
        where account_id = ${accountId} and address_hash in (select jsonb_array_elements_text(${hashes}::text::jsonb)) and expires_at > ${now}
        order by address_hash = ${deviceHash} desc limit 1
      ) as pass_hash`;
  return { isDeviceKnown: row?.is_device_known === true, passHash: row?.pass_hash ?? null };
}

/** Takes away every pass of an account. */
export async function deleteSignInPasses(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`delete from identity_sign_in_passes where account_id = ${accountId}`;
}

export async function deleteOldSignInPasses(sql: Bun.SQL, before: Date): Promise<void> {
  await sql`delete from identity_sign_in_passes where expires_at < ${before}`;
}
