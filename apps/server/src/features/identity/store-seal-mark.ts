/** Writes the mark of the secret that seals here, if none is there; tells the one that is. */
export async function readOrWriteSealMark(sql: Bun.SQL, mark: string): Promise<string> {
  await sql`insert into identity_seal_mark (mark) values (${mark}) on conflict do nothing`;
  const [row] = await sql<{ mark: string }[]>`select mark from identity_seal_mark`;
  return row?.mark ?? mark;
}
