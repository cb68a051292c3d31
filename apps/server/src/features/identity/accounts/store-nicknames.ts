import { fromUuid } from "./store-uuids.ts";

/** A nickname from before looks were kept, or one that is like another's. */
export type UnsettledNickname = { readonly accountId: string; readonly nickname: string; readonly isOperator: boolean };

const array = (values: readonly string[]) => JSON.stringify(values);

/**
 * Takes looks for an account as far as they are free, also back from what it gave up; says whether all are its own now. The
 * caller's transaction holds them.
 */
export async function takeLooks(
  tx: Bun.SQL,
  accountId: string,
  { looks, now }: { looks: readonly string[]; now: Date },
): Promise<boolean> {
  // In order of look, as everywhere, so that two who take the same ones wait for each other in one direction.
  await tx`
    delete from identity_nickname_looks where look in (
      select look from identity_nickname_looks
      where look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb)) and free_at <= ${now}
      order by look for update)`;
  await tx`
    insert into identity_nickname_looks (look, account_id)
    select look, ${accountId}::text::uuid from jsonb_array_elements_text(${array(looks)}::text::jsonb) as look
    order by look
    on conflict do nothing`;
  const owned = await tx`
    update identity_nickname_looks set free_at = null
    where account_id = ${accountId} and look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))
    returning look`;
  return owned.length === looks.length;
}

/** Lets go of every look that an account holds. */
export async function dropLooks(sql: Bun.SQL, accountId: string): Promise<void> {
  await sql`delete from identity_nickname_looks where account_id = ${accountId}`;
}

/** Keeps for an account what it held beyond these looks until a time; of what it gave up, the last few times alone. */
export async function giveUpOtherLooks(
  tx: Bun.SQL,
  accountId: string,
  { looks, freeAt, timesKept }: { looks: readonly string[]; freeAt: Date; timesKept: number },
): Promise<void> {
  await tx`
    update identity_nickname_looks set free_at = ${freeAt}
    where account_id = ${accountId} and free_at is null
      and look not in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))`;
  await tx`
    delete from identity_nickname_looks where account_id = ${accountId} and free_at < (
      select min(free_at) from (
        select distinct free_at from identity_nickname_looks where account_id = ${accountId} and free_at is not null
        order by free_at desc limit ${timesKept}) as last)`;
}

/** Whether somebody other than the requester looks like that, or did a short while ago. */
export async function isLookTaken(
  sql: Bun.SQL,
  { looks, now, requesterId }: { looks: readonly string[]; now: Date; requesterId: string | null },
): Promise<boolean> {
  const [row] = await sql<{ is_taken: boolean }[]>`
    select exists (
      select from identity_nickname_looks
      where look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))
        and (free_at is null or free_at > ${now}) and account_id is distinct from ${requesterId}::text::uuid
    ) as is_taken`;
  return row?.is_taken === true;
}

/** Nicknames that an account gave up and that nobody else gets yet, by their looks. */
export async function listGivenUpLooks(sql: Bun.SQL, accountId: string): Promise<{ look: string; freeAt: string }[]> {
  const rows = await sql<{ look: string; free_at: Date }[]>`
    select look, free_at from identity_nickname_looks
    where account_id = ${accountId} and free_at is not null order by free_at, look`;
  return rows.map(({ look, free_at }) => ({ look, freeAt: free_at.toISOString() }));
}

/** A look that was given up, and what its owner is called. */
export type EndingLook = { readonly look: string; readonly accountId: string; readonly nickname: string };

/** Lists looks that are free by a time, in order, beyond one. */
export async function listEndingLooks(
  sql: Bun.SQL,
  asked: { readonly before: Date; readonly after: string; readonly limit: number },
): Promise<EndingLook[]> {
  const rows = await sql<{ look: string; id: string; nickname: string }[]>`
    select looks.look, accounts.id, accounts.nickname
    from identity_nickname_looks looks join identity_accounts accounts on accounts.id = looks.account_id
    where looks.free_at <= ${asked.before} and looks.look > ${asked.after} order by looks.look limit ${asked.limit}`;
  return rows.map((row) => ({ look: row.look, accountId: fromUuid(row.id), nickname: row.nickname }));
}

/** Takes the end away from looks whose owners are still called so; their names stand until then. */
export async function keepLooks(tx: Bun.SQL, worn: readonly EndingLook[]): Promise<void> {
  await tx`
    with owners as (
      select accounts.id, worn ->> 'look' as look
      from jsonb_array_elements(${JSON.stringify(worn)}::text::jsonb) as worn
      join identity_accounts accounts
        on accounts.id = (worn ->> 'accountId')::uuid and accounts.nickname = worn ->> 'nickname'
      order by accounts.id for share of accounts
    )
    update identity_nickname_looks looks set free_at = null from owners
    where looks.look = owners.look and looks.account_id = owners.id`;
}

/** Gives looks that are free by a time to others who are called so. */
export async function handLooks(
  sql: Bun.SQL,
  handed: readonly (LookClaim & { readonly nickname: string })[],
  before: Date,
): Promise<void> {
  await sql`
    update identity_nickname_looks looks set account_id = accounts.id, free_at = null
    from jsonb_array_elements(${JSON.stringify(handed)}::text::jsonb) as handed
    join identity_accounts accounts
      on accounts.id = (handed ->> 'accountId')::uuid and accounts.nickname = handed ->> 'nickname'
        and accounts.state <> 'gone'
    where looks.look = handed ->> 'look' and looks.free_at <= ${before}`;
}

export async function deleteFreeLooks(sql: Bun.SQL, now: Date): Promise<void> {
  await sql`delete from identity_nickname_looks where free_at <= ${now}`;
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
    on conflict (look) do update set free_at = null where identity_nickname_looks.account_id = excluded.account_id`;
}

export type SettledNickname = { readonly accountId: string; readonly nickname: string; readonly isDisputed: boolean };

/** Notes of nicknames that their looks were taken, unless they changed meanwhile. */
export async function markSettled(sql: Bun.SQL, settled: readonly SettledNickname[]): Promise<void> {
  await sql`
    update identity_accounts set looks_of = nickname, is_nickname_disputed = (name ->> 'isDisputed')::boolean
    from jsonb_array_elements(${JSON.stringify(settled)}::text::jsonb) as name
    where id = (name ->> 'accountId')::uuid and nickname = name ->> 'nickname'`;
}

/** Who holds a look: by the nickname of today, or by one that they gave up. */
export type LookOwner = { readonly accountId: string; readonly nickname: string; readonly isGivenUp: boolean };

/** Returns who holds these looks, by look. */
export async function findLookOwners(sql: Bun.SQL, looks: readonly string[]): Promise<Map<string, LookOwner>> {
  const rows = await sql<{ look: string; id: string; nickname: string; is_given_up: boolean }[]>`
    select looks.look, accounts.id, accounts.nickname, looks.free_at is not null as is_given_up
    from identity_nickname_looks looks join identity_accounts accounts on accounts.id = looks.account_id
    where looks.look in (select jsonb_array_elements_text(${array(looks)}::text::jsonb))`;
  return new Map(
    rows.map((row) => [row.look, { accountId: fromUuid(row.id), nickname: row.nickname, isGivenUp: row.is_given_up }]),
  );
}
