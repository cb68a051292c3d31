/** Keeps hashes of nicknames until a time; one that is kept already stays for the longer of both. */
export async function insertKeptNicknames(sql: Bun.SQL, hashes: readonly string[], freeAt: Date): Promise<void> {
  await sql`
    insert into identity_kept_nicknames (hash, free_at)
    select hash, ${freeAt} from jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb) as hash order by hash
    on conflict (hash) do update set free_at = greatest(excluded.free_at, identity_kept_nicknames.free_at)`;
}

/** Whether one of these hashes is kept. */
export async function isNicknameKept(sql: Bun.SQL, hashes: readonly string[], now: Date): Promise<boolean> {
  const [row] = await sql<{ is_kept: boolean }[]>`
    select exists (
      select from identity_kept_nicknames
      where hash in (select jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb)) and free_at > ${now}
    ) as is_kept`;
  return row?.is_kept === true;
}

export async function deleteFreeNicknames(sql: Bun.SQL, now: Date): Promise<void> {
  await sql`delete from identity_kept_nicknames where free_at <= ${now}`;
}
