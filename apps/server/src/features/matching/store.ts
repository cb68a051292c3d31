import type { MatchState } from "@maru/protocol";
import { toWireId } from "@maru/protocol";
import type { Pair, Waiting } from "./pairing.ts";
import type { Sql } from "./ports.ts";

/** How a wait ended without a match. */
export type EndReason = "cancelled" | "disconnected" | "timed_out" | "suspended";

/** How long `match.get` tells of a made match, in seconds: long enough to be taken there after a lost push. */
const freshSeconds = 60;

type WaitingRow = { id: string; account_id: string; requested_ms: number };

const digits = (uuid: string) => uuid.replaceAll("-", "");

function toWaiting(row: WaitingRow): Waiting {
  return { requestId: digits(row.id), accountId: digits(row.account_id), requestedAt: row.requested_ms };
}

/** Starts a wait, or finds the one that runs. */
export async function insertRequest(
  sql: Sql,
  request: { id: string; accountId: string; aliveMs: number; waitMs: number },
): Promise<Waiting> {
  const [row] = await sql<WaitingRow[]>`
    insert into matching_requests as r (account_id, id, alive_until, ends_at)
    values (${request.accountId}::uuid, ${request.id}::uuid,
      clock_timestamp() + ${request.aliveMs} * interval '1 ms', clock_timestamp() + ${request.waitMs} * interval '1 ms')
    on conflict (account_id) do update set alive_until = greatest(r.alive_until, excluded.alive_until)
    returning id, account_id, extract(epoch from requested_at)::float8 * 1000 as requested_ms`;
  return toWaiting(row as WaitingRow);
}

/** Ends the wait of an account; null when there was none. */
export async function deleteRequest(sql: Sql, accountId: string): Promise<Waiting | null> {
  const [row] = await sql<WaitingRow[]>`
    delete from matching_requests where account_id = ${accountId}::uuid
    returning id, account_id, extract(epoch from requested_at)::float8 * 1000 as requested_ms`;
  return row ? toWaiting(row) : null;
}

/** Ends all waits whose time is over and tells which and why. */
export async function deleteEnded(sql: Sql): Promise<{ waiting: Waiting; reason: EndReason }[]> {
  const rows = await sql<(WaitingRow & { is_late: boolean })[]>`
    delete from matching_requests
    where alive_until <= clock_timestamp() or ends_at <= clock_timestamp()
    returning id, account_id, extract(epoch from requested_at)::float8 * 1000 as requested_ms,
      ends_at <= clock_timestamp() as is_late`;
  return rows.map((row) => ({ waiting: toWaiting(row), reason: row.is_late ? "timed_out" : "disconnected" }));
}

/** Vouches for accounts that have a live connection here; tells which of them still wait. */
export async function renewRequests(sql: Sql, accountIds: readonly string[], aliveMs: number): Promise<Set<string>> {
  const rows = await sql<{ account_id: string }[]>`
    update matching_requests
    set alive_until = greatest(alive_until, clock_timestamp() + ${aliveMs} * interval '1 ms')
    where account_id in (select unnest(${sql.array([...accountIds], "TEXT")})::uuid)
    returning account_id`;
  return new Set(rows.map((row) => digits(row.account_id)));
}

/** Gives an account that lost its last connection here a short time to come back; another node may prolong it. */
export async function shortenRequest(sql: Sql, accountId: string, graceMs: number): Promise<void> {
  await sql`
    update matching_requests
    set alive_until = least(alive_until, clock_timestamp() + ${graceMs} * interval '1 ms')
    where account_id = ${accountId}::uuid`;
}

/** The front of the line, longest waiter first, with the database's time. */
export async function listWaiting(sql: Sql, count: number): Promise<{ waiting: Waiting[]; now: number }> {
  const rows = await sql<(WaitingRow & { now_ms: number })[]>`
    select id, account_id, extract(epoch from requested_at)::float8 * 1000 as requested_ms,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from matching_requests
    where alive_until > clock_timestamp() and ends_at > clock_timestamp()
    order by requested_at, id
    limit ${count}`;
  return { waiting: rows.map(toWaiting), now: rows[0]?.now_ms ?? 0 };
}

/** Pairs among these accounts that met within the last hours. */
export async function listMet(sql: Sql, accountIds: readonly string[], hours: number): Promise<[string, string][]> {
  const rows = await sql<{ low: string; high: string }[]>`
    with waiting as (select unnest(${sql.array([...accountIds], "TEXT")})::uuid as id)
    select distinct m.low_account_id as low, m.high_account_id as high
    from waiting a
    join matching_matches m on m.low_account_id = a.id and m.made_at > clock_timestamp() - ${hours} * interval '1 hour'
    join waiting b on b.id = m.high_account_id`;
  return rows.map((row) => [digits(row.low), digits(row.high)]);
}

/**
 * Removes exactly the two rows of each pair, or none of it: a pair of which one has gone is left out, and the other
 * keeps waiting in its place. Tells the pairs that were removed.
 */
export async function takePairs(tx: Sql, pairs: readonly Pair[]): Promise<Pair[]> {
  const ids = pairs.flatMap((pair) => [pair.first.requestId, pair.second.requestId]);
  const present = await tx<{ id: string }[]>`
    select id from matching_requests
    where id in (select unnest(${tx.array(ids, "TEXT")})::uuid)
      and alive_until > clock_timestamp() and ends_at > clock_timestamp()
    order by account_id for update`;
  const there = new Set(present.map((row) => digits(row.id)));
  const whole = pairs.filter((pair) => there.has(pair.first.requestId) && there.has(pair.second.requestId));
  const gone = whole.flatMap((pair) => [pair.first.requestId, pair.second.requestId]);
  if (gone.length > 0)
    await tx`delete from matching_requests where id in (select unnest(${tx.array(gone, "TEXT")})::uuid)`;
  return whole;
}

export type NewMatch = { readonly id: string; readonly roomId: string; readonly pair: Pair };

/** Records made matches. */
export async function insertMatches(tx: Sql, matches: readonly NewMatch[]): Promise<void> {
  const rows = matches.map(({ id, roomId, pair: { first, second } }) => {
    const [low, high] = first.accountId < second.accountId ? [first, second] : [second, first];
    return {
      id,
      room_id: roomId,
      low_account_id: low.accountId,
      high_account_id: high.accountId,
      low_request_id: low.requestId,
      high_request_id: high.requestId,
    };
  });
  await tx`insert into matching_matches ${tx(rows)}`;
}

/** Marks the match of a room as over; again changes nothing. */
export async function endMatch(sql: Sql, roomId: string): Promise<void> {
  await sql`
    update matching_matches set ended_at = clock_timestamp()
    where room_id = ${roomId}::uuid and ended_at is null`;
}

type StateRow = { account_id: string; requested_at: Date | null; room_id: string | null; made_at: Date | null };

/** Where accounts stand: waiting, else matched a moment ago, else idle. */
export async function listStates(sql: Sql, accountIds: readonly string[]): Promise<Map<string, MatchState>> {
  const rows = await sql<StateRow[]>`
    select a.id as account_id, r.requested_at, m.room_id, m.made_at
    from (select unnest(${sql.array([...accountIds], "TEXT")})::uuid as id) a
    left join matching_requests r on r.account_id = a.id
    left join lateral (
      select x.room_id, x.made_at from (
        (select * from matching_matches where low_account_id = a.id order by made_at desc limit 1)
        union all
        (select * from matching_matches where high_account_id = a.id order by made_at desc limit 1)
      ) x
      where x.ended_at is null and x.made_at > clock_timestamp() - ${freshSeconds} * interval '1 second'
      order by x.made_at desc limit 1
    ) m on true`;
  return new Map(rows.map((row) => [digits(row.account_id), presentState(row)]));
}

function presentState(row: StateRow): MatchState {
  if (row.requested_at) return { state: "waiting", requestedAt: row.requested_at.toISOString() };
  if (row.room_id && row.made_at) {
    return { state: "matched", roomId: toWireId("room", row.room_id), matchedAt: row.made_at.toISOString() };
  }
  return { state: "idle", reason: "none" };
}
