import type { OwnFacts } from "./policy.ts";
import type { Sql } from "./ports.ts";
import { type RawFacts, readOwnFacts } from "./store-facts.ts";
import { type MessageRow, type RawMessage, readMessage, seenBy } from "./store-message-rows.ts";
import { toHex } from "./store-uuids.ts";

export type MemberRow = {
  readonly id: string;
  readonly accountId: string;
  readonly state: "active" | "left";
  readonly rev: number;
  readonly alias: { readonly adjective: number; readonly noun: number } | null;
};

/** One room as one member sees it. */
export type SummaryRow = {
  readonly accountId: string;
  readonly roomId: string;
  readonly facts: OwnFacts;
  readonly name: string | null;
  readonly roomEpoch: number;
  readonly rev: number;
  readonly lastSeq: number;
  readonly lastOrd: number;
  readonly activeAt: Date;
  readonly memberId: string;
  /** True while the member blocks the other one of a direct room: for them it stands still. */
  readonly paused: boolean;
  readonly memberRev: number;
  readonly accountRev: number;
  readonly readSeq: number;
  readonly readOrd: number;
  readonly pinned: boolean;
  readonly muted: boolean;
  readonly archived: boolean;
  readonly markedUnread: boolean;
  readonly hidden: boolean;
  readonly members: readonly MemberRow[];
  readonly lastMessage: MessageRow | null;
};

export type RawMember = {
  id: string;
  accountId: string;
  state: "active" | "left";
  rev: number;
  adjective: number | null;
  noun: number | null;
};

type RawSummary = Omit<RawMessage, "seq" | "ord" | "rev" | "kind"> &
  RawFacts & {
    account_id: string;
    room_id: string;
    name: string | null;
    epoch: number;
    rev: number;
    last_seq: number;
    last_ord: number;
    active_at: Date;
    member_id: string;
    paused: boolean;
    member_rev: number;
    account_rev: number;
    read_seq: number;
    read_ord: number;
    pinned: boolean;
    muted: boolean;
    archived: boolean;
    marked_unread: boolean;
    hidden: boolean;
    last_message_seq: number;
    last_message_rev: number | null;
    last_message_ord: number;
    last_message_kind: "text" | "system";
    members: RawMember[];
  };

export function readMember(raw: RawMember): MemberRow {
  return {
    id: toHex(raw.id),
    accountId: toHex(raw.accountId),
    state: raw.state,
    rev: raw.rev,
    alias: raw.adjective === null || raw.noun === null ? null : { adjective: raw.adjective, noun: raw.noun },
  };
}

function readSummary(raw: RawSummary): SummaryRow {
  const last =
    raw.last_message_rev === null
      ? null
      : readMessage({
          ...raw,
          seq: raw.last_message_seq,
          ord: raw.last_message_ord,
          rev: raw.last_message_rev,
          kind: raw.last_message_kind,
        });
  return {
    accountId: toHex(raw.account_id),
    roomId: toHex(raw.room_id),
    facts: readOwnFacts(raw),
    name: raw.name,
    roomEpoch: raw.epoch,
    rev: raw.rev,
    lastSeq: raw.last_seq,
    lastOrd: raw.last_ord,
    activeAt: raw.active_at,
    memberId: toHex(raw.member_id),
    paused: raw.paused,
    memberRev: raw.member_rev,
    accountRev: raw.account_rev,
    readSeq: raw.read_seq,
    readOrd: raw.read_ord,
    pinned: raw.pinned,
    muted: raw.muted,
    archived: raw.archived,
    markedUnread: raw.marked_unread,
    hidden: raw.hidden,
    members: raw.members.map(readMember),
    lastMessage: last && seenBy(last, toHex(raw.member_id)),
  };
}

/**
 * Selects what the last message of a summary carries beside its text. The view does not: with one column more in it, the
 * statements that nodes of the version before have prepared would fail.
 */
function lastExtra(sql: Sql) {
  return sql.unsafe(
    "(select x.extra from rooms_messages x where x.room_id = s.room_id and x.seq = s.last_message_seq) as extra",
  );
}

/** Reads rooms as members see them, in the order asked for; pairs without a membership are left out. */
export async function listSummaries(
  sql: Sql,
  pairs: readonly { accountId: string; roomId: string }[],
): Promise<SummaryRow[]> {
  if (pairs.length === 0) return [];
  const accounts = sql.array(
    pairs.map((pair) => pair.accountId),
    "UUID",
  );
  const rooms = sql.array(
    pairs.map((pair) => pair.roomId),
    "UUID",
  );
  const rows = await sql<RawSummary[]>`
    select s.*, ${lastExtra(sql)} from unnest(${accounts}::uuid[], ${rooms}::uuid[]) with ordinality as p (account_id, room_id, i)
    join rooms_summaries s on s.account_id = p.account_id and s.room_id = p.room_id
    order by p.i`;
  return rows.map(readSummary);
}

/** Where a page of the room list goes on: after this row of the order. */
export type ListPlace = {
  readonly pinned: boolean;
  readonly unread: boolean;
  readonly activeMs: number;
  readonly roomId: string;
};

/** Reads a page of the rooms that may be read: pinned first, then those with something unread, then by last activity. */
export async function listRoomPage(
  sql: Sql,
  input: {
    accountId: string;
    after: ListPlace | null;
    archived: boolean;
    limit: number;
    readable: readonly string[];
  },
): Promise<SummaryRow[]> {
  const { after } = input;
  const rows = await sql<RawSummary[]>`
    select s.*, ${lastExtra(sql)} from (
      select m.room_id, (m.pinned_at is not null)::int as pinned, u.unread, coalesce(m.paused_at, r.active_at) as active_at
      from rooms_members m
      join rooms_rooms r on r.id = m.room_id
      cross join lateral (
        select case
          when m.marked_unread then 1
          when m.paused_seq is not null or r.last_ord <= m.read_ord then 0
          else (r.last_ord - m.read_ord > rooms_count_uncounted(m.room_id, m.id, m.read_seq))::int
        end as unread
        offset 0 -- keeps the planner from working it out once for each use
      ) u
      where m.account_id = ${input.accountId}
        and rooms_facts(r.kind, r.state, m.state, m.may_post) = any(${sql.array([...input.readable], "TEXT")}::text[])
        and m.archived = ${input.archived}
        and not coalesce(m.hidden_ord >= coalesce(m.paused_ord, r.last_ord), false)
        and (${after === null} or ((m.pinned_at is not null)::int, u.unread, coalesce(m.paused_at, r.active_at), m.room_id)
          < (${after?.pinned ? 1 : 0}::int, ${after?.unread ? 1 : 0}::int,
          to_timestamp(${(after?.activeMs ?? 0) / 1000}::double precision)::timestamptz(3), ${after?.roomId ?? null}::uuid))
      order by 2 desc, 3 desc, 4 desc, 1 desc
      limit ${input.limit}
    ) page
    join rooms_summaries s on s.account_id = ${input.accountId} and s.room_id = page.room_id
    order by page.pinned desc, page.unread desc, page.active_at desc, page.room_id desc`;
  return rows.map(readSummary);
}

/** The heads of all rooms are news, or of none: before the first transaction, and after the last that there can be. */
export const everyHead = "0";
export const noHead = "18446744073709551615";

/** How far an account knows what changed for it, and how many rooms it may be told at most. */
export type SummaryPosition = {
  readonly accountId: string;
  readonly accountRev: number;
  readonly headsSince: string;
  readonly limit: number;
};

/** The largest limit that the statement takes, less the one row more that is asked for. */
const mostRows = 2_147_483_646;

/** What changed since; `rooms` is null when more than `limit` did. */
export type ChangedSummaries = { readonly rooms: SummaryRow[] | null; readonly heads: string };

/**
 * Reads what changed for accounts: memberships after an account rev, and rooms that a transaction at or after
 * `headsSince` wrote to. `heads` is where to go on from: every transaction before it is in
 * this answer, exactly, whatever the clocks do; while a transaction runs anywhere in the cluster, what came after it is
 * told again. Answers each position, by itself.
 */
export async function listChangedSummaries<P extends SummaryPosition>(
  sql: Sql,
  positions: readonly P[],
  readable: readonly string[],
): Promise<Map<P, ChangedSummaries>> {
  const accounts = sql.array(
    positions.map((position) => position.accountId),
    "UUID",
  );
  const revs = sql.array(
    positions.map((position) => position.accountRev),
    "INT",
  );
  const since = sql.array(
    positions.map((position) => position.headsSince),
    "TEXT",
  );
  const limits = sql.array(
    positions.map((position) => Math.min(position.limit, mostRows) + 1),
    "INT",
  );
  // What changed is found before it is read as the member sees it: in one step the planner reads every room of an account
  // through the view and throws it away afterwards. The lateral join keeps it from reading all rooms that there are while
  // statistics are missing.
  const rows = await sql<(RawSummary & { heads: string; place: number })[]>`
    with asked as (
      select * from unnest(${accounts}::uuid[], ${revs}::int[], ${since}::text[], ${limits}::int[])
        with ordinality as p (account_id, account_rev, heads_since, most, i)
    ), changed as materialized (
      select p.i, c.* from asked p cross join lateral (
        select m.account_id, m.room_id from rooms_members m join rooms_rooms r on r.id = m.room_id
        where m.account_id = p.account_id
          and (m.account_rev > p.account_rev or (r.changed_xid >= p.heads_since::xid8
            and rooms_facts(r.kind, r.state, m.state, m.may_post) = any(${sql.array([...readable], "TEXT")}::text[])))
        limit p.most
      ) c
    )
    select x.heads::text as heads, c.i::int as place, s.*, ${lastExtra(sql)} from (select pg_snapshot_xmin(pg_current_snapshot()) as heads) x
    left join changed c on true
    left join lateral (
      select v.* from rooms_summaries v where v.account_id = c.account_id and v.room_id = c.room_id limit 1
    ) s on true
    order by c.i`;
  const found = positions.map((): RawSummary[] => []);
  for (const row of rows) if (row.room_id !== null) found[row.place - 1]?.push(row);
  const heads = rows[0]?.heads ?? "0";
  return new Map(
    positions.map((position, i) => {
      const own = found[i] ?? [];
      return [position, { rooms: own.length > position.limit ? null : own.map(readSummary), heads }];
    }),
  );
}
