import type { RoomKind } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import { toHex } from "../store-uuids.ts";
import type { RoomAdvance } from "./consumer.ts";

/** How many rooms one statement moves. */
export const routeLimit = 500;

/**
 * Moves rooms that changed into the backlog of each consumer that wants to know of it; tells how many. One statement, so a
 * kill loses nothing, and any node may do it at any time: what another has in hand is passed over. It holds rows of both
 * tables, and waits for none that anybody holds together with a room. Its commit does not wait for the disk: what a crash of
 * the database takes back is done again.
 */
export async function routePending(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with soon as materialized (
      select set_config('synchronous_commit', 'off', true)
    ), found as materialized (
      select room_id from rooms_pending limit ${routeLimit} for update skip locked
    ), taken as (
      delete from rooms_pending p using found f where p.room_id = f.room_id returning p.*
    ), routed as (
      insert into rooms_backlogs as b (consumer, room_id, from_rev, rev, noted_at)
      select c.name, t.room_id, t.from_rev, t.rev, t.noted_at
      from taken t join rooms_consumers c on c.kind = t.kind
        and (c.aspect = 'change' or (c.aspect = 'state' and t.has_state) or (c.aspect = 'unhide' and t.has_unhide))
      order by c.name, t.room_id
      on conflict (consumer, room_id) do update set rev = greatest(b.rev, excluded.rev)
    )
    select count(t.room_id)::int as count from soon left join taken t on true`;
  return row?.count ?? 0;
}

export type Backlog = {
  readonly consumer: string;
  /** For how long a change has waited, in ms. */
  readonly lagMs: number;
  readonly isDue: boolean;
};

/** How far consumers are behind; those that have taken everything are left out. */
export async function listBacklogs(sql: Sql, consumers: readonly string[]): Promise<Backlog[]> {
  const rows = await sql<{ consumer: string; lag_ms: number; is_due: boolean }[]>`
    select n.consumer, extract(epoch from now() - first.noted_at)::float8 * 1000 as lag_ms, first.due_at <= now() as is_due
    from unnest(${sql.array([...consumers], "TEXT")}::text[]) as n (consumer)
    cross join lateral (
      select b.noted_at, b.due_at from rooms_backlogs b where b.consumer = n.consumer order by b.due_at limit 1
    ) first`;
  return rows.map((row) => ({ consumer: row.consumer, lagMs: row.lag_ms, isDue: row.is_due }));
}

/** Lists rooms that a consumer has to take now, those that are due for longest first. */
export async function listDueRooms(sql: Sql, consumer: string, limit: number): Promise<string[]> {
  const rows = await sql<{ room_id: string }[]>`
    select room_id from rooms_backlogs where consumer = ${consumer} and due_at <= now() order by due_at limit ${limit}`;
  return rows.map((row) => toHex(row.room_id));
}

/** Reads from where to where a consumer has to take rooms, in order of id; what it has taken already is left out. */
export async function listAdvances(tx: Sql, consumer: string, roomIds: readonly string[]): Promise<RoomAdvance[]> {
  const rows = await tx<
    { room_id: string; kind: RoomKind; state: "open" | "closed"; from_rev: number; to_rev: number }[]
  >`
    select b.room_id, r.kind, r.state, coalesce(p.rev, b.from_rev) as from_rev, b.rev as to_rev
    from rooms_backlogs b
    join rooms_rooms r on r.id = b.room_id
    left join rooms_positions p on p.consumer = b.consumer and p.room_id = b.room_id
    where b.consumer = ${consumer} and b.room_id = any(${tx.array([...roomIds], "UUID")}::uuid[])
      and b.rev > coalesce(p.rev, b.from_rev)
    order by b.room_id`;
  return rows.map((row) => ({
    roomId: toHex(row.room_id),
    kind: row.kind,
    state: row.state,
    fromRev: row.from_rev,
    toRev: row.to_rev,
  }));
}

/** Writes down how far a consumer has come, in the transaction of what it wrote. */
export async function storePositions(tx: Sql, consumer: string, advances: readonly RoomAdvance[]): Promise<void> {
  if (advances.length === 0) return;
  const rooms = tx.array(
    advances.map((advance) => advance.roomId),
    "UUID",
  );
  const revs = tx.array(
    advances.map((advance) => advance.toRev),
    "INT",
  );
  await tx`
    insert into rooms_positions as p (consumer, room_id, rev)
    select ${consumer}, x.room_id, x.rev from unnest(${rooms}::uuid[], ${revs}::int[]) as x (room_id, rev)
    on conflict (consumer, room_id) do update set rev = greatest(p.rev, excluded.rev)`;
}

/**
 * Takes rooms from a backlog that the consumer has taken, or that are gone. One that has changed since stays and goes to the
 * end of the line, as what came while it was taken, `tookMs` long: rooms that are always busy must keep no other from its
 * turn. It does not wait for the disk either.
 */
export async function settleRooms(
  sql: Sql,
  consumer: string,
  roomIds: readonly string[],
  tookMs: number,
): Promise<void> {
  await sql`
    with soon as materialized (
      select set_config('synchronous_commit', 'off', true)
    ), taken as materialized (
      select b.room_id, p.rev as taken_rev, r.id is null or b.rev <= coalesce(p.rev, b.from_rev) as is_done
      from rooms_backlogs b
      left join rooms_positions p on p.consumer = b.consumer and p.room_id = b.room_id
      left join rooms_rooms r on r.id = b.room_id
      where b.consumer = ${consumer} and b.room_id = any(${sql.array([...roomIds], "UUID")}::uuid[])
        and (r.id is null or b.rev <= coalesce(p.rev, b.from_rev) or p.rev > b.from_rev)
      for update of b skip locked
    ), kept as (
      update rooms_backlogs b set
        from_rev = t.taken_rev, attempts = 0, due_at = clock_timestamp(),
        noted_at = greatest(b.noted_at, clock_timestamp() - ${tookMs}::float8 * interval '1 ms')
      from soon, taken t where b.consumer = ${consumer} and b.room_id = t.room_id and not t.is_done
    )
    delete from rooms_backlogs b using soon, taken t
    where b.consumer = ${consumer} and b.room_id = t.room_id and t.is_done`;
}

/** Lets a room that a consumer failed at wait, twice as long each time; tells how often it failed. */
export async function postponeRoom(
  sql: Sql,
  consumer: string,
  roomId: string,
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
): Promise<number> {
  const [row] = await sql<{ attempts: number }[]>`
    update rooms_backlogs set
      attempts = attempts + 1,
      due_at = clock_timestamp() + least(${firstMs}::float8 * power(2, least(attempts, 30)), ${maxMs}) * interval '1 ms'
    where consumer = ${consumer} and room_id = ${roomId}
    returning attempts`;
  return row?.attempts ?? 0;
}
