export async function insertInvite(
  sql: Bun.SQL,
  invite: { hash: string; uses: number; at: Date; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into identity_invites (hash, uses_left, created_at, expires_at)
    values (${invite.hash}, ${invite.uses}, ${invite.at}, ${invite.expiresAt})`;
}

export async function isInviteGood(sql: Bun.SQL, hash: string, now: Date): Promise<boolean> {
  const rows = await sql`select 1 from identity_invites where hash = ${hash} and uses_left > 0 and expires_at > ${now}`;
  return rows.length > 0;
}

/** Takes one use of an invitation; false when none is left. */
export async function takeInvite(sql: Bun.SQL, hash: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update identity_invites set uses_left = uses_left - 1
    where hash = ${hash} and uses_left > 0 and expires_at > ${now} returning 1 as is_taken`;
  return rows.length > 0;
}

export async function deleteOldInvites(sql: Bun.SQL, endedBefore: Date): Promise<void> {
  await sql`delete from identity_invites where expires_at < ${endedBefore} or uses_left = 0`;
}
