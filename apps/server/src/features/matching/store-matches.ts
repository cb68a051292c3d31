import { type MatchState, toWireId } from "@maru/protocol";
import type { Pair } from "./pairing.ts";
import type { Sql } from "./ports.ts";
import { digits, type EndReason, rememberedSeconds } from "./store.ts";

export type NewMatch = { readonly id: string; readonly roomId: string; readonly pair: Pair };

/** Records made matches and tells when they were made, in order. Each side has the grace to be seen in it. */
export async function insertMatches(tx: Sql, matches: readonly NewMatch[], graceMs: number): Promise<Date[]> {
  const rows = matches.map(({ id, roomId, pair: { first, second } }) => {
    const [low, high] = first.accountId < second.accountId ? [first, second] : [second, first];
    return {
      id,
      room_id: roomId,
      low_account_id: low.accountId,
      high_account_id: high.accountId,
      low_request_id: low.requestId,
      high_request_id: high.requestId,
      low_requested_at: new Date(low.requestedAt),
      high_requested_at: new Date(high.requestedAt),
    };
  });
  await tx`insert into matching_matches ${tx(rows)}`;
  const ids = tx.array(
    matches.map(({ id }) => id),
    "TEXT",
  );
  const made = await tx<{ id: string; made_at: Date }[]>`
    update matching_matches m
    set low_alive_until = clock_timestamp() + ${graceMs} * interval '1 ms',
      high_alive_until = clock_timestamp() + ${graceMs} * interval '1 ms'
    where id in (select unnest(${ids})::uuid)
    returning id, made_at`;
  const madeAt = new Map(made.map((row) => [digits(row.id), row.made_at]));
  return matches.map(({ id }) => madeAt.get(id) as Date);
}

/** Marks the match of a room as over; again changes nothing. */
export async function endMatch(sql: Sql, roomId: string): Promise<void> {
  await sql`
    update matching_matches set ended_at = clock_timestamp()
    where room_id = ${roomId}::uuid and ended_at is null`;
}

/** A side of a match that is over. */
export type EndedSide = { readonly accountId: string; readonly requestId: string; readonly roomId: string };

/** Marks the matches of rooms as over, and tells who was in them; again changes nothing. */
export async function endMatches(tx: Sql, roomIds: readonly string[]): Promise<EndedSide[]> {
  const rooms = tx.array([...roomIds], "TEXT");
  const rows = await tx<{ account_id: string; request_id: string; room_id: string }[]>`
    with ended as (
      update matching_matches set ended_at = clock_timestamp()
      where room_id in (select unnest(${rooms})::uuid) and ended_at is null
    )
    select s.account_id, s.request_id, m.room_id from matching_matches m
    cross join lateral (values (m.low_account_id, m.low_request_id), (m.high_account_id, m.high_request_id))
      s (account_id, request_id)
    where m.room_id in (select unnest(${rooms})::uuid)`;
  return rows.map((row) => ({
    accountId: digits(row.account_id),
    requestId: digits(row.request_id),
    roomId: digits(row.room_id),
  }));
}

/** Locks the match of a room, over or not, if an account is one of its two; says whether it is. */
export async function lockMatch(tx: Sql, accountId: string, roomId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from matching_matches
    where room_id = ${roomId}::uuid and ${accountId}::uuid in (low_account_id, high_account_id)
    for update`;
  return rows.length > 0;
}

/** Pairs among these accounts that met within the last hours. */
export async function listMet(sql: Sql, accountIds: readonly string[], hours: number): Promise<[string, string][]> {
  const rows = await sql<{ low: string; high: string }[]>`
    with waiting as (select unnest(${sql.array([...accountIds], "TEXT")})::uuid as id)
    select distinct m.low_account_id as low, m.high_account_id as high
    from waiting a
    join matching_matches m on m.low_account_id = a.id and m.made_at > clock_timestamp() - ${hours} * interval '1 hour'
    join waiting b on b.id = m.high_account_id
    where not m.is_void`;
  return rows.map((row) => [digits(row.low), digits(row.high)]);
}

/** One side of a match to which not both have come yet. */
export type YoungSide = {
  readonly accountId: string;
  readonly requestId: string;
  readonly roomId: string;
  readonly madeAt: Date;
};

type YoungRow = { account_id: string; request_id: string; room_id: string; made_at: Date };

/** Both sides of every match to which not both have come yet. */
export async function listYoungSides(sql: Sql): Promise<YoungSide[]> {
  const rows = await sql<YoungRow[]>`
    select s.account_id, s.request_id, m.room_id, m.made_at
    from matching_matches m
    cross join lateral (values (m.low_account_id, m.low_request_id), (m.high_account_id, m.high_request_id))
      s (account_id, request_id)
    where m.ended_at is null and not (m.low_joined and m.high_joined)`;
  return rows.map((row) => {
    const { made_at: madeAt } = row;
    return {
      accountId: digits(row.account_id),
      requestId: digits(row.request_id),
      roomId: digits(row.room_id),
      madeAt,
    };
  });
}

export type YoungMatch = { readonly roomId: string; readonly madeAt: Date };

/** The match in which an account is and to which not both have come yet. */
export async function findYoungMatch(sql: Sql, accountId: string): Promise<YoungMatch | null> {
  const [row] = await sql<{ room_id: string; made_at: Date }[]>`
    select room_id, made_at from matching_matches
    where ended_at is null and not (low_joined and high_joined)
      and ${accountId}::uuid in (low_account_id, high_account_id)
    order by made_at desc limit 1`;
  return row ? { roomId: digits(row.room_id), madeAt: row.made_at } : null;
}

/** Those of these accounts that are in a match to which not both have come yet. */
export async function listYoungAmong(tx: Sql, accountIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ account_id: string }[]>`
    select a.id as account_id from (select unnest(${tx.array([...accountIds], "TEXT")})::uuid as id) a
    join matching_matches m on a.id in (m.low_account_id, m.high_account_id)
      and m.ended_at is null and not (m.low_joined and m.high_joined)`;
  return new Set(rows.map((row) => digits(row.account_id)));
}

/** Vouches for accounts in young matches that are connected here. Who still is when `joinMs` have passed has joined. */
export async function renewSides(
  sql: Sql,
  accountIds: readonly string[],
  times: { aliveMs: number; joinMs: number },
): Promise<void> {
  const here = sql.array([...accountIds], "TEXT");
  await sql`
    with here as (select unnest(${here})::uuid as id), seen as (
      select m.id, m.low_account_id in (select id from here) as low, m.high_account_id in (select id from here) as high,
        m.made_at <= clock_timestamp() - ${times.joinMs} * interval '1 ms' as is_time
      from matching_matches m
      where m.ended_at is null and not (m.low_joined and m.high_joined)
        and (m.low_account_id in (select id from here) or m.high_account_id in (select id from here))
      order by m.id for update
    )
    update matching_matches m
    set low_alive_until =
        case when s.low then clock_timestamp() + ${times.aliveMs} * interval '1 ms' else m.low_alive_until end,
      high_alive_until =
        case when s.high then clock_timestamp() + ${times.aliveMs} * interval '1 ms' else m.high_alive_until end,
      low_joined = m.low_joined or (s.low and s.is_time),
      high_joined = m.high_joined or (s.high and s.is_time)
    from seen s
    where s.id = m.id`;
}

/** Gives an account that lost its last connection here a short time to come back to a match it has not joined yet. */
export async function shortenSide(sql: Sql, accountId: string, graceMs: number): Promise<void> {
  await sql`
    update matching_matches
    set low_alive_until = case when low_account_id = ${accountId}::uuid
        then least(low_alive_until, clock_timestamp() + ${graceMs} * interval '1 ms') else low_alive_until end,
      high_alive_until = case when high_account_id = ${accountId}::uuid
        then least(high_alive_until, clock_timestamp() + ${graceMs} * interval '1 ms') else high_alive_until end
    where ended_at is null and not (low_joined and high_joined)
      and ${accountId}::uuid in (low_account_id, high_account_id)`;
}

/** One side of a match that came to nothing. */
export type BrokenSide = {
  readonly accountId: string;
  readonly requestId: string;
  readonly requestedAt: number;
  readonly isGone: boolean;
};
export type BrokenMatch = { readonly roomId: string; readonly sides: readonly BrokenSide[] };

type BrokenRow = Record<"room_id" | "low_id" | "low_request" | "high_id" | "high_request", string> &
  Record<"low_ms" | "high_ms", number> &
  Record<"low_gone" | "high_gone", boolean>;

/** Ids of open matches to which somebody has not come and does not come any more. */
export async function listBroken(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from matching_matches
    where ended_at is null and not (low_joined and high_joined)
      and ((not low_joined and low_alive_until <= clock_timestamp())
        or (not high_joined and high_alive_until <= clock_timestamp()))`;
  return rows.map((row) => digits(row.id));
}

/** Marks that both have come to a match, whatever their connections do from now on. */
export async function markJoined(sql: Sql, id: string): Promise<void> {
  await sql`update matching_matches set low_joined = true, high_joined = true where id = ${id}::uuid and ended_at is null`;
}

/** Ends such a match as one in which nobody met; null when it is none any more. */
export async function voidMatch(tx: Sql, id: string): Promise<BrokenMatch | null> {
  const [row] = await tx<BrokenRow[]>`
    update matching_matches
    set ended_at = clock_timestamp(), is_void = true
    where id = ${id}::uuid and ended_at is null
      and ((not low_joined and low_alive_until <= clock_timestamp())
        or (not high_joined and high_alive_until <= clock_timestamp()))
    returning room_id, low_account_id as low_id, low_request_id as low_request,
      high_account_id as high_id, high_request_id as high_request,
      round(extract(epoch from low_requested_at) * 1000)::float8 as low_ms,
      round(extract(epoch from high_requested_at) * 1000)::float8 as high_ms,
      low_alive_until <= clock_timestamp() as low_gone, high_alive_until <= clock_timestamp() as high_gone`;
  if (!row) return null;
  const side = (accountId: string, requestId: string, requestedAt: number, isGone: boolean) => {
    return { accountId: digits(accountId), requestId: digits(requestId), requestedAt, isGone };
  };
  return {
    roomId: digits(row.room_id),
    sides: [
      side(row.low_id, row.low_request, row.low_ms, row.low_gone),
      side(row.high_id, row.high_request, row.high_ms, row.high_gone),
    ],
  };
}

type StateRow = {
  account_id: string;
  requested_at: Date | null;
  room_id: string | null;
  made_at: Date | null;
  reason: EndReason | null;
};

/** Where accounts stand: waiting, else as their last wait ended: in a match, or idle and why. */
export async function listStates(sql: Sql, accountIds: readonly string[]): Promise<Map<string, MatchState>> {
  const rows = await sql<StateRow[]>`
    select a.id as account_id, r.requested_at, m.room_id, m.made_at, e.reason
    from (select unnest(${sql.array([...accountIds], "TEXT")})::uuid as id) a
    left join matching_requests r on r.account_id = a.id
    left join lateral (
      select x.room_id, x.made_at from (
        (select * from matching_matches where low_account_id = a.id order by made_at desc limit 1)
        union all
        (select * from matching_matches where high_account_id = a.id order by made_at desc limit 1)
      ) x
      where x.ended_at is null and x.made_at > clock_timestamp() - ${rememberedSeconds} * interval '1 second'
      order by x.made_at desc limit 1
    ) m on true
    left join matching_endings e on e.account_id = a.id
      and e.ended_at > clock_timestamp() - ${rememberedSeconds} * interval '1 second'
      and (m.made_at is null or e.ended_at >= m.made_at)`;
  return new Map(rows.map((row) => [digits(row.account_id), presentState(row)]));
}

function presentState(row: StateRow): MatchState {
  if (row.requested_at) return { state: "waiting", requestedAt: row.requested_at.toISOString() };
  if (row.room_id && row.made_at && !row.reason) {
    return { state: "matched", roomId: toWireId("room", row.room_id), matchedAt: row.made_at.toISOString() };
  }
  return { state: "idle", reason: row.reason ?? "none" };
}
