import type { Database } from "../platform/db/database.ts";

/** What tells of a person wherever it stands: the account's id in both spellings, nickname and e-mail. */
export type Traced = { readonly accountId: string; readonly nickname?: string; readonly email?: string };

/** Lists the tables in which a person stands, in whatever column: each row is read as text. */
export async function findTraces(sql: Database["sql"], { accountId, nickname, email }: Traced): Promise<string[]> {
  const digits = accountId.replaceAll("-", "");
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const marks = JSON.stringify([digits, uuid, nickname, email].filter((mark) => mark !== undefined));
  const tables = await sql<{ name: string }[]>`
    select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select exists (
        select from "${name}" t, jsonb_array_elements_text($1::text::jsonb) as sought (mark)
        where position(lower(sought.mark) in lower(t::text)) > 0
      ) as stands`,
      [marks],
    );
    if (row.stands) found.push(name);
  }
  return found;
}
