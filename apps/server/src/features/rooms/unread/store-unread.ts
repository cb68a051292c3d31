import type { RoomKind } from "@maru/protocol";
import type { RoomTraits } from "../policy.ts";
import type { Sql } from "../ports.ts";
import { toHex } from "../store-uuids.ts";

/** Steps told of one room: the newest places where read cursors stand. */
export const maxCursorPlaces = 100;

/** Where the read cursors of a room's members stand, newest place first. */
export type CursorCounts = {
  readonly lastSeq: number;
  /** Members present. */
  readonly people: number;
  readonly cursors: readonly { readonly seq: number; readonly people: number }[];
  /** False when older places were left out. */
  readonly isWhole: boolean;
  /** Messages that were never told to a member whose cursor stands behind them: not read, whatever the cursor says. */
  readonly skipped: readonly number[];
};

/** Counts the read cursors of rooms by where they stand, in one snapshot; rooms without members are left out. */
export async function countCursors(sql: Sql, roomIds: readonly string[]): Promise<Map<string, CursorCounts>> {
  const rows = await sql<
    { room_id: string; last_seq: number; seqs: number[]; people: number[]; total: number; skipped: number[] | null }[]
  >`
    select r.id as room_id, r.last_seq, c.seqs, c.people, c.total, (
        select array_agg(h.seq order by h.seq) from (
          select g.seq from rooms_messages g join rooms_members m on m.id = g.hidden_from
          where g.room_id = r.id and g.kind = 'text' and g.hidden_from is not null and g.kept_text is null
            and g.seq <= m.read_seq and m.state = 'active'
          order by g.seq desc limit ${maxCursorPlaces}
        ) h
      ) as skipped
    from rooms_rooms r
    cross join lateral (
      select array_agg(p.read_seq order by p.read_seq desc) as seqs, array_agg(p.people order by p.read_seq desc) as people,
        max(p.total) as total
      from (
        select m.read_seq, count(*)::int as people, (sum(count(*)) over ())::int as total
        from rooms_members m where m.room_id = r.id and m.state = 'active'
        group by m.read_seq order by m.read_seq desc limit ${maxCursorPlaces + 1}
      ) p
    ) c
    where r.id = any(${sql.array([...roomIds], "UUID")}::uuid[]) and c.total is not null`;
  return new Map(
    rows.map((row) => {
      const cursors = [...row.seqs].map((seq, i) => ({ seq, people: row.people[i] ?? 0 })).slice(0, maxCursorPlaces);
      const isWhole = row.seqs.length <= maxCursorPlaces;
      return [
        toHex(row.room_id),
        { lastSeq: row.last_seq, people: row.total, cursors, isWhole, skipped: [...(row.skipped ?? [])] },
      ];
    }),
  );
}

/** What a room or a member stores although it follows from other rows: counters, marks (0 or 1) and badges. */
type StoredNumber =
  | "last_seq"
  | "last_ord"
  | "rev"
  | "ord"
  | "member_count"
  | "state_rev"
  | "direct_key"
  | "is_pair"
  | "shows_left_members"
  | "has_hidden"
  | "paused_member"
  | "read_ord"
  | "unread";

/** A number of a room or of a member's badge that is not what its messages and members say. */
export type UnreadFault = {
  readonly roomId: string;
  /** Null where the room's own counters are wrong. */
  readonly memberId: string | null;
  readonly what: StoredNumber;
  readonly stored: number;
  readonly counted: number;
};

/** Recounts every room from its messages, members and kind and tells each number that differs; writes nothing. One snapshot, no locks. */
export async function listUnreadFaults(
  sql: Sql,
  traits: ReadonlyMap<RoomKind, RoomTraits>,
  limit: number,
): Promise<{ faults: UnreadFault[]; roomCount: number; memberCount: number }> {
  const rows = await sql<
    { room_id: string; member_id: string | null; what: UnreadFault["what"]; stored: number; counted: number }[]
  >`
    with lines as (
      select g.room_id, g.seq, g.ord,
        count(*) filter (where g.kind = 'text') over (partition by g.room_id order by g.seq)::int as counted
      from rooms_messages g
    ), ends as (
      select l.room_id, max(l.seq) as last_seq, max(l.counted) as last_ord from lines l group by l.room_id
    ), people as (
      select m.room_id, count(*) filter (where m.state = 'active')::int as active, count(m.hidden_ord)::int as hidden,
        count(m.paused_seq)::int as paused, max(m.rev) as last_rev
      from rooms_members m group by m.room_id
    ), kinds as (
      select * from unnest(
        ${sql.array([...traits.keys()], "TEXT")}::text[],
        ${sql.array(
          [...traits.values()].map((one) => one.isPair),
          "BOOLEAN",
        )}::bool[],
        ${sql.array(
          [...traits.values()].map((one) => one.showsLeftMembers),
          "BOOLEAN",
        )}::bool[]
      ) as k (kind, is_pair, shows_left)
    ), faults as (
      select r.id as room_id, null::uuid as member_id, 'last_seq' as what, r.last_seq as stored,
        coalesce(e.last_seq, 0) as counted
      from rooms_rooms r left join ends e on e.room_id = r.id where r.last_seq <> coalesce(e.last_seq, 0)
      union all
      select r.id, null, 'last_ord', r.last_ord, coalesce(e.last_ord, 0)
      from rooms_rooms r left join ends e on e.room_id = r.id where r.last_ord <> coalesce(e.last_ord, 0)
      union all
      -- Whatever changed took a rev, so none is beyond the room's own.
      select r.id, null, 'rev', r.rev, b.last_rev
      from rooms_rooms r
      cross join lateral (
        select greatest(p.last_rev, (select max(g.rev) from rooms_messages g where g.room_id = r.id)) as last_rev
        from (select max(x.last_rev) as last_rev from people x where x.room_id = r.id) p
      ) b
      where b.last_rev > r.rev
      union all
      select r.id, null, 'member_count', r.member_count, coalesce(p.active, 0)
      from rooms_rooms r left join people p on p.room_id = r.id where r.member_count <> coalesce(p.active, 0)
      union all
      select r.id, null, 'state_rev', r.state_rev, r.rev from rooms_rooms r where r.state_rev > r.rev
      union all
      -- Both accounts in order; once one of them was erased, nobody finds the room by it any more.
      select r.id, null, 'direct_key', 1, 0 from rooms_rooms r
      where r.direct_key is not null and r.direct_key <> 'erased ' || r.id and r.direct_key is distinct from (
        select string_agg(replace(m.account_id::text, '-', ''), ':' order by m.account_id)
        from rooms_members m where m.room_id = r.id
      )
      union all
      select r.id, null, 'is_pair', r.is_pair::int, k.is_pair::int
      from rooms_rooms r join kinds k on k.kind = r.kind where r.is_pair <> k.is_pair
      union all
      select r.id, null, 'shows_left_members', r.shows_left_members::int, k.shows_left::int
      from rooms_rooms r join kinds k on k.kind = r.kind where r.shows_left_members <> k.shows_left
      union all
      -- The mark may stay when the last member has the room back; it must be there while one has not.
      select r.id, null, 'has_hidden', 0, p.hidden
      from rooms_rooms r join people p on p.room_id = r.id where p.hidden > 0 and not r.has_hidden
      union all
      -- Where each of two blocks the other both are paused, and the room names one of them.
      select r.id, null, 'paused_member', (r.paused_member_id is not null)::int, (coalesce(p.paused, 0) > 0)::int
      from rooms_rooms r left join people p on p.room_id = r.id
      where (r.paused_member_id is not null) <> (coalesce(p.paused, 0) > 0)
        or r.paused_member_id is not null and not exists (
          select from rooms_members m where m.id = r.paused_member_id and m.room_id = r.id and m.paused_seq is not null
        )
      union all
      select l.room_id, null, 'ord', l.ord, l.counted from lines l where l.ord <> l.counted
      union all
      select m.room_id, m.id, 'read_ord', m.read_ord, r.last_ord - c.counted
      from rooms_members m
      join rooms_rooms r on r.id = m.room_id
      cross join lateral (
        select count(*)::int as counted from rooms_messages g
        where g.room_id = m.room_id and g.seq > m.read_seq and g.kind = 'text'
      ) c
      where r.last_ord - m.read_ord <> c.counted
      union all
      -- What the member is told, against what the member could read: nothing deleted, nothing said during a pause.
      select s.room_id, s.member_id, 'unread', s.last_ord - s.read_ord, c.counted
      from rooms_summaries s
      cross join lateral (
        select count(*)::int as counted from rooms_messages g
        where g.room_id = s.room_id and g.seq > s.read_seq and g.kind = 'text' and g.deleted_at is null and not s.paused
          and (g.hidden_from is distinct from s.member_id or g.kept_text is not null)
      ) c
      where s.last_ord - s.read_ord <> c.counted
    )
    select * from faults order by room_id, member_id nulls first, what limit ${limit}`;
  const [totals] = await sql<{ rooms: number; members: number }[]>`
    select (select count(*)::int from rooms_rooms) as rooms, (select count(*)::int from rooms_members) as members`;
  return {
    faults: rows.map((row) => ({
      roomId: toHex(row.room_id),
      memberId: row.member_id === null ? null : toHex(row.member_id),
      what: row.what,
      stored: row.stored,
      counted: row.counted,
    })),
    roomCount: totals?.rooms ?? 0,
    memberCount: totals?.members ?? 0,
  };
}
