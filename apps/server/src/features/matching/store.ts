import type { Pair, Waiting } from "./pairing.ts";
import type { Sql } from "./ports.ts";

/** How a wait ended without a match. */
export type EndReason = "cancelled" | "disconnected" | "timed_out" | "suspended";

/** How long the end of a wait is remembered, in seconds. */
export const rememberedSeconds = 60;

type WaitingRow = { id: string; account_id: string; requested_ms: number };

export const digits = (uuid: string) => uuid.replaceAll("-", "");

function toWaiting(row: WaitingRow): Waiting {
  return { requestId: digits(row.id), accountId: digits(row.account_id), requestedAt: row.requested_ms };
}

/**
 * Starts a wait, or finds the one that runs; how an earlier one ended is no news any more. Null when the account is gone:
 * asked in the statement that writes, here and wherever a row names an account, or it would bring back who was erased.
 */
export async function insertRequest(
  sql: Sql,
  request: { id: string; accountId: string; aliveMs: number; waitMs: number },
): Promise<Waiting | null> {
  const [row] = await sql<WaitingRow[]>`
    with forgotten as (delete from matching_endings where account_id = ${request.accountId}::uuid)
    insert into matching_requests as r (account_id, id, alive_until, ends_at)
    select a.id, ${request.id}::uuid,
      clock_timestamp() + ${request.aliveMs} * interval '1 ms', clock_timestamp() + ${request.waitMs} * interval '1 ms'
    from living_accounts(array[${request.accountId}::uuid]) as a (id)
    on conflict (account_id) do update set alive_until = greatest(r.alive_until, excluded.alive_until)
    returning id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms`;
  return row ? toWaiting(row) : null;
}

/** Takes a wait back that should not have begun; one that has become a match since is left alone. */
export async function withdrawRequest(sql: Sql, requestId: string): Promise<void> {
  await sql`delete from matching_requests where id = ${requestId}::uuid`;
}

/** Puts an account back where it stood, or moves the wait that it has begun since to there. */
export async function restoreRequest(
  sql: Sql,
  request: { id: string; accountId: string; requestedAt: number; aliveMs: number; waitMs: number },
): Promise<Waiting | null> {
  const [row] = await sql<WaitingRow[]>`
    insert into matching_requests as r (account_id, id, requested_at, alive_until, ends_at)
    select a.id, ${request.id}::uuid, to_timestamp(${request.requestedAt}::float8 / 1000),
      clock_timestamp() + ${request.aliveMs} * interval '1 ms', clock_timestamp() + ${request.waitMs} * interval '1 ms'
    from living_accounts(array[${request.accountId}::uuid]) as a (id)
    on conflict (account_id) do update set requested_at = least(r.requested_at, excluded.requested_at)
    returning id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms`;
  return row ? toWaiting(row) : null;
}

/** Ends the wait of an account; null when there was none. */
export async function deleteRequest(sql: Sql, accountId: string, reason: EndReason): Promise<Waiting | null> {
  const [row] = await sql<WaitingRow[]>`
    with gone as (delete from matching_requests where account_id = ${accountId}::uuid returning *), noted as (
      insert into matching_endings (account_id, reason)
      select a.id, ${reason} from living_accounts(array(select account_id from gone)) as a (id)
      on conflict (account_id) do update set reason = excluded.reason, ended_at = excluded.ended_at)
    select id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms from gone`;
  return row ? toWaiting(row) : null;
}

/** Ends all waits whose time is over and tells which and why. */
export async function deleteEnded(sql: Sql): Promise<{ waiting: Waiting; reason: EndReason }[]> {
  const rows = await sql<(WaitingRow & { reason: EndReason })[]>`
    with gone as (
      delete from matching_requests
      where alive_until <= clock_timestamp() or ends_at <= clock_timestamp()
      returning *, case when ends_at <= clock_timestamp() then 'timed_out' else 'disconnected' end as reason
    ), noted as (
      insert into matching_endings (account_id, reason)
      select g.account_id, g.reason from gone g
      join living_accounts(array(select account_id from gone)) as a (id) on a.id = g.account_id
      on conflict (account_id) do update set reason = excluded.reason, ended_at = excluded.ended_at)
    select id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms, reason from gone`;
  return rows.map((row) => ({ waiting: toWaiting(row), reason: row.reason }));
}

/** Remembers how the wait of an account ended that had become a match in between. */
export async function insertEnding(sql: Sql, accountId: string, reason: EndReason): Promise<void> {
  await sql`
    insert into matching_endings (account_id, reason)
    select a.id, ${reason} from living_accounts(array[${accountId}::uuid]) as a (id)
    on conflict (account_id) do update set reason = excluded.reason, ended_at = excluded.ended_at`;
}

/** Forgets endings that nobody asks for any more. */
export async function deleteOldEndings(sql: Sql): Promise<void> {
  await sql`
    delete from matching_endings where ended_at < clock_timestamp() - ${rememberedSeconds} * interval '1 second'`;
}

/** Vouches for accounts that have a live connection here. */
export async function renewRequests(sql: Sql, accountIds: readonly string[], aliveMs: number): Promise<void> {
  await sql`
    update matching_requests
    set alive_until = greatest(alive_until, clock_timestamp() + ${aliveMs} * interval '1 ms')
    where account_id in (select unnest(${sql.array([...accountIds], "TEXT")})::uuid)`;
}

/** Gives an account that lost its last connection here a short time to come back; another node may prolong it. */
export async function shortenRequest(sql: Sql, accountId: string, graceMs: number): Promise<void> {
  await sql`
    update matching_requests
    set alive_until = least(alive_until, clock_timestamp() + ${graceMs} * interval '1 ms')
    where account_id = ${accountId}::uuid`;
}

/** The front of the line, longest waiter first. */
export async function listWaiting(sql: Sql, count: number): Promise<Waiting[]> {
  const rows = await sql<WaitingRow[]>`
    select id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms
    from matching_requests
    where alive_until > clock_timestamp() and ends_at > clock_timestamp()
    order by requested_at, id
    limit ${count}`;
  return rows.map(toWaiting);
}

/**
 * Those in front of the line who may be paired now, with the database's time. Who lost their last connection is vouched
 * for during no more than the grace: they keep their place, but nobody is matched with a closed tab.
 */
export async function listReady(
  sql: Sql,
  count: number,
  graceMs: number,
): Promise<{ waiting: Waiting[]; now: number }> {
  const rows = await sql<(WaitingRow & { now_ms: number })[]>`
    select id, account_id, round(extract(epoch from requested_at) * 1000)::float8 as requested_ms,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from matching_requests
    where alive_until > clock_timestamp() + ${graceMs} * interval '1 ms' and ends_at > clock_timestamp()
    order by requested_at, id
    limit ${count}`;
  return { waiting: rows.map(toWaiting), now: rows[0]?.now_ms ?? 0 };
}

/** Locks the rows of each pair, in one order on every node, and tells the pairs of which both still wait and are here. */
export async function lockPairs(tx: Sql, pairs: readonly Pair[], graceMs: number): Promise<Pair[]> {
  const ids = pairs.flatMap((pair) => [pair.first.requestId, pair.second.requestId]);
  const present = await tx<{ id: string }[]>`
    select r.id from matching_requests r
    where r.id in (select unnest(${tx.array(ids, "TEXT")})::uuid)
      and r.alive_until > clock_timestamp() + ${graceMs} * interval '1 ms' and r.ends_at > clock_timestamp()
    order by r.account_id for update`;
  const there = new Set(present.map((row) => digits(row.id)));
  return pairs.filter((pair) => there.has(pair.first.requestId) && there.has(pair.second.requestId));
}

/** Removes the two rows of each pair, which the caller has locked. */
export async function deletePairs(tx: Sql, pairs: readonly Pair[]): Promise<void> {
  const ids = pairs.flatMap((pair) => [pair.first.requestId, pair.second.requestId]);
  await tx`delete from matching_requests where id in (select unnest(${tx.array(ids, "TEXT")})::uuid)`;
}
