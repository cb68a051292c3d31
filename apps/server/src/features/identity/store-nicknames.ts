import { fromUuid } from "./store-uuids.ts";

/** A nickname from before looks were kept, or one that is like another's. */
export type UnsettledNickname = { readonly accountId: string; readonly nickname: string; readonly isOperator: boolean };

const array = (values: readonly string[]) => JSON.stringify(values);

/** Takes looks for an account as far as they are free; says whether all are its own now. The caller's transaction holds them. */
export async function takeLooks(sql: Bun.SQL, accountId: string, looks: readonly string[]): Promise<boolean> {
  await sql`
    insert into identity_nickname_looks (look, account_id)
    select look, ${accountId}::text::uuid from jsonb_array_elements_text(${array(looks)}::text::jsonb) as look
    order by look
    on conflict do nothing`;
  const [row] = await sql<{ owned: number }[]>`
    select count(*)::int as owned from identity_nickname_looks
    where account_id = ${accountId} and look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))`;
  return row?.owned === looks.length;
}

/** Lets go of what an account held beyond these looks. */
export async function releaseOtherLooks(sql: Bun.SQL, accountId: string, looks: readonly string[]): Promise<void> {
  await sql`
    delete from identity_nickname_looks
    where account_id = ${accountId} and look not in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))`;
}

/** Says whether somebody looks like that. */
export async function isLookTaken(sql: Bun.SQL, looks: readonly string[]): Promise<boolean> {
  const [row] = await sql<{ is_taken: boolean }[]>`
    select exists (
      select from identity_nickname_looks
      where look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))
    ) as is_taken`;
  return row?.is_taken === true;
}

/** Lists nicknames whose looks were not taken yet, and, where wanted, those in dispute; the oldest accounts first. */
export async function listUnsettled(
  sql: Bun.SQL,
  { limit, withDisputed }: { limit: number; withDisputed: boolean },
): Promise<UnsettledNickname[]> {
  const rows = await sql<{ id: string; nickname: string; is_operator: boolean }[]>`
    select id, nickname, kind = 'operator' as is_operator from identity_accounts
    where (looks_of is distinct from nickname or (${withDisputed} and is_nickname_disputed)) and state <> 'gone'
    order by created_at, id limit ${limit}`;
  return rows.map((row) => ({ accountId: fromUuid(row.id), nickname: row.nickname, isOperator: row.is_operator }));
}

export type LookClaim = { readonly look: string; readonly accountId: string };

/** Takes the looks of many accounts as far as they are free, in one order for all who do the same at the same time. */
export async function takeFreeLooks(sql: Bun.SQL, claims: readonly LookClaim[]): Promise<void> {
  await sql`
    insert into identity_nickname_looks (look, account_id)
    select claim ->> 'look', (claim ->> 'accountId')::uuid
    from jsonb_array_elements(${JSON.stringify(claims)}::text::jsonb) as claim
    order by claim ->> 'look'
    on conflict do nothing`;
}

export type SettledNickname = { readonly accountId: string; readonly nickname: string; readonly isDisputed: boolean };

/** Notes of nicknames that their looks were taken, unless they changed meanwhile. */
export async function markSettled(sql: Bun.SQL, settled: readonly SettledNickname[]): Promise<void> {
  await sql`
    update identity_accounts set looks_of = nickname, is_nickname_disputed = (name ->> 'isDisputed')::boolean
    from jsonb_array_elements(${JSON.stringify(settled)}::text::jsonb) as name
    where id = (name ->> 'accountId')::uuid and nickname = name ->> 'nickname'`;
}

export type LookOwner = { readonly accountId: string; readonly nickname: string };

/** Tells who holds these looks, by look. */
export async function findLookOwners(sql: Bun.SQL, looks: readonly string[]): Promise<Map<string, LookOwner>> {
  const rows = await sql<{ look: string; id: string; nickname: string }[]>`
    select looks.look, accounts.id, accounts.nickname
    from identity_nickname_looks looks join identity_accounts accounts on accounts.id = looks.account_id
    where looks.look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))`;
  return new Map(rows.map((row) => [row.look, { accountId: fromUuid(row.id), nickname: row.nickname }]));
}
