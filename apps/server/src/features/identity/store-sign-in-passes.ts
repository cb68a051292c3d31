/** Lets an address count for itself at an account until a time. */
export async function insertSignInPass(
  sql: Bun.SQL,
  pass: { accountId: string; addressHash: string; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into identity_sign_in_passes (account_id, address_hash, expires_at)
    values (${pass.accountId}, ${pass.addressHash}, ${pass.expiresAt})
    on conflict (account_id, address_hash) do update set expires_at = excluded.expires_at`;
}

/** Says whether an account knows a browser, and whether an address has a pass for it. */
export async function findKnown(
  sql: Bun.SQL,
  asked: { accountId: string; deviceHash: string; addressHash: string; now: Date },
): Promise<{ isDeviceKnown: boolean; hasPass: boolean }> {
  const { accountId, deviceHash, addressHash, now } = asked;
  const [row] = await sql<{ is_device_known: boolean; has_pass: boolean }[]>`
    select
      exists (select from identity_devices where account_id = ${accountId} and hash = ${deviceHash}) as is_device_known,
      exists (
        select from identity_sign_in_passes
        where account_id = ${accountId} and address_hash = ${addressHash} and expires_at > ${now}
      ) as has_pass`;
  return { isDeviceKnown: row?.is_device_known === true, hasPass: row?.has_pass === true };
}

export async function deleteOldSignInPasses(sql: Bun.SQL, before: Date): Promise<void> {
  await sql`delete from identity_sign_in_passes where expires_at < ${before}`;
}
