import type { RoomKind } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import type { RoomAspect } from "./consumer.ts";

export type ConsumerRow = { readonly name: string; readonly kind: RoomKind; readonly aspect: RoomAspect };

/**
 * Registers the consumers of this program, forgets those that none has had for a week, and lets what they want to know be
 * noted from this commit on. Its transaction shuts writers of rooms out for the moment in which that changes.
 */
export async function saveConsumers(tx: Sql, rows: readonly ConsumerRow[]): Promise<void> {
  const text = (key: keyof ConsumerRow) =>
    tx.array(
      rows.map((row) => row[key]),
      "TEXT",
    );
  await tx`select pg_advisory_xact_lock(hashtextextended('rooms_consumers', 7))`;
  if (rows.length > 0) {
    const [news] = await tx<{ are_there: boolean }[]>`
      select exists (
        select from unnest(${text("name")}::text[], ${text("kind")}::text[], ${text("aspect")}::text[]) as n (name, kind, aspect)
        where not exists (select from rooms_consumers c where (c.name, c.kind, c.aspect) = (n.name, n.kind, n.aspect))
      ) as are_there`;
    // A writer whose trigger has found nobody who wants to know is over before there is somebody.
    if (news?.are_there) await tx`lock table rooms_rooms in share row exclusive mode`;
    await tx`
      insert into rooms_consumers (name, kind, aspect)
      select * from unnest(${text("name")}::text[], ${text("kind")}::text[], ${text("aspect")}::text[])
      on conflict (name, kind) do update set aspect = excluded.aspect, seen_at = clock_timestamp()`;
  }
  await tx`delete from rooms_consumers where seen_at < clock_timestamp() - interval '7 days'`;
  await tx`
    select rooms_note_kinds(array(select distinct kind from rooms_consumers where aspect = 'change' order by kind))`;
}

/** Forgets what consumers that are gone had yet to take, and how far they had come. */
export async function removeRetired(sql: Sql): Promise<void> {
  await sql`delete from rooms_backlogs where consumer not in (select name from rooms_consumers)`;
  await sql`delete from rooms_positions where consumer not in (select name from rooms_consumers)`;
}

/** How a consumer stands, and what was forgotten: rooms that moved on and stand in nobody's list. */
export type ConsumerState = {
  readonly name: string;
  readonly waitingCount: number;
  readonly failingCount: number;
  /** For how long the earliest change has waited, in ms; null when none waits. */
  readonly lagMs: number | null;
  readonly forgottenCount: number;
};

/**
 * Recounts all consumers from the rooms themselves, in one moment: a room is noted with its change and leaves the list with
 * the consumer's position, so whatever is beyond a position and in no list was lost.
 */
export async function listConsumerStates(sql: Sql, failingTries: number): Promise<ConsumerState[]> {
  const rows = await sql<
    {
      name: string;
      waiting_count: number;
      failing_count: number;
      lag_ms: number | null;
      forgotten_count: number;
    }[]
  >`
    with owed as (
      select c.name as consumer, p.room_id, p.noted_at, 0 as attempts
      from rooms_pending p join rooms_consumers c on c.kind = p.kind
        and (c.aspect = 'change' or (c.aspect = 'state' and p.has_state) or (c.aspect = 'unhide' and p.has_unhide))
      union all
      select consumer, room_id, noted_at, attempts from rooms_backlogs
    ), forgotten as (
      select c.name as consumer, r.id from rooms_consumers c join rooms_rooms r on r.kind = c.kind
      left join rooms_positions p on p.consumer = c.name and p.room_id = r.id
      where case c.aspect
          when 'change' then r.rev > coalesce(p.rev, case when r.created_at > c.created_at then 0 end)
          when 'state' then r.state_rev > coalesce(p.rev, case when r.created_at > c.created_at then 1 end)
          else r.has_hidden and exists (
            select from rooms_members m where m.room_id = r.id and m.hidden_ord < r.last_ord and m.paused_seq is null)
        end
        and not exists (select from owed o where o.consumer = c.name and o.room_id = r.id)
    )
    select c.name, count(distinct o.room_id)::int as waiting_count,
      (count(*) filter (where o.attempts >= ${failingTries}))::int as failing_count,
      extract(epoch from now() - min(o.noted_at))::float8 * 1000 as lag_ms,
      (select count(*) from forgotten f where f.consumer = c.name)::int as forgotten_count
    from (select distinct name from rooms_consumers) c left join owed o on o.consumer = c.name
    group by c.name order by c.name`;
  return rows.map((row) => ({
    name: row.name,
    waitingCount: row.waiting_count,
    failingCount: row.failing_count,
    lagMs: row.lag_ms,
    forgottenCount: row.forgotten_count,
  }));
}
