/** Writes the mark of the secret that seals here, if none is there; returns those that are. */
export async function readOrWriteSealMark(
  sql: Bun.SQL,
  own: string,
): Promise<{ readonly mark: string; readonly sealingMarks: readonly string[] }> {
  await sql`insert into identity_seal_mark (mark) values (${own}) on conflict do nothing`;
  const [row] = await sql<{ mark: string; sealing_marks: string[] }[]>`
    select mark, sealing_marks from identity_seal_mark`;
  return { mark: row?.mark ?? own, sealingMarks: row?.sealing_marks ?? [] };
}

/** Adds the mark of a secret under which a node seals from now on. */
export async function addSealingMark(sql: Bun.SQL, own: string): Promise<void> {
  await sql`
    update identity_seal_mark set sealing_marks = array_append(sealing_marks, ${own}::text)
    where not ${own}::text = any(sealing_marks)`;
}

/** Makes a secret's mark the only one. */
export async function replaceSealMarks(sql: Bun.SQL, own: string): Promise<void> {
  await sql`update identity_seal_mark set mark = ${own}, sealing_marks = array[${own}::text]`;
}
