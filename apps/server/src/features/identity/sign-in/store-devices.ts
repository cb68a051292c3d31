import type { ChangingAccount } from "../accounts/locked-account.ts";

/** Remembers a browser of an account, unless it is closed; says whether it is new, and whether the account had any before. */
export async function rememberDevice(
  sql: Bun.SQL,
  device: { accountId: string; hash: string; at: Date },
): Promise<{ isNew: boolean; isFirst: boolean }> {
  const [before] = await sql<{ count: number; is_known: boolean | null }[]>`
    select count(*)::int as count, bool_or(hash = ${device.hash}) as is_known from identity_devices
    where account_id = ${device.accountId}`;
  await sql`
    insert into identity_devices (account_id, hash, seen_at)
    select a.id, ${device.hash}::text, ${device.at}::timestamptz
    from living_accounts(array[${device.accountId}::uuid]) as a (id)
    on conflict (account_id, hash) do update set seen_at = excluded.seen_at`;
  return { isNew: !before?.is_known, isFirst: (before?.count ?? 0) === 0 };
}

/** Forgets every browser that was signed in to an account. */
export async function forgetDevices(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`delete from identity_devices where account_id = ${accountId}`;
}

export async function deleteOldDevices(sql: Bun.SQL, seenBefore: Date): Promise<void> {
  await sql`delete from identity_devices where seen_at < ${seenBefore}`;
}
