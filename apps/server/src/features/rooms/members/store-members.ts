import type { RoomFacts } from "../policy.ts";
import type { Sql } from "../ports.ts";
import { type RawFacts, readOwnFacts } from "../store-facts.ts";
import { type MemberRow, type RawMember, readMember } from "../store-summaries.ts";
import { toHex } from "../store-uuids.ts";

/** An account in a room, and what rights follow from. */
export type Membership = {
  readonly facts: RoomFacts;
  readonly roomId: string;
  readonly accountId: string;
  readonly memberId: string;
  readonly roomEpoch: number;
  /** Where the room stands for this member. */
  readonly rev: number;
  /** True while the member blocks the other one of a direct room: for them it stands still. */
  readonly isPaused: boolean;
};

type RawMembership = RawFacts & {
  room_id: string;
  account_id: string;
  member_id: string;
  epoch: number;
  rev: number;
  paused: boolean;
};

const readMembership = (raw: RawMembership): Membership => ({
  roomId: toHex(raw.room_id),
  accountId: toHex(raw.account_id),
  memberId: toHex(raw.member_id),
  facts: readOwnFacts(raw),
  roomEpoch: raw.epoch,
  rev: raw.rev,
  isPaused: raw.paused,
});

/** Reads an account's memberships in rooms; rooms that it never joined are left out. */
export async function listMemberships(
  sql: Sql,
  accountId: string,
  roomIds: readonly string[],
): Promise<Map<string, Membership>> {
  if (roomIds.length === 0) return new Map();
  const rows = await sql<RawMembership[]>`
    select m.room_id, m.account_id, m.id as member_id, r.kind, r.state as room_state, m.state as member_state, m.may_post,
      r.epoch, coalesce(m.paused_rev, r.rev) as rev, m.paused_seq is not null as paused
    from rooms_members m join rooms_rooms r on r.id = m.room_id
    where m.account_id = ${accountId} and m.room_id = any(${sql.array([...roomIds], "UUID")}::uuid[])`;
  return new Map(rows.map((row) => [toHex(row.room_id), readMembership(row)]));
}

/** An account and a room. */
export type Pair = { readonly accountId: string; readonly roomId: string };

/** Reads memberships of many accounts at once, by account and room put together; those that are none are left out. */
export async function listMembershipsOf(sql: Sql, pairs: readonly Pair[]): Promise<Map<string, Membership>> {
  const accounts = sql.array(
    pairs.map((pair) => pair.accountId),
    "UUID",
  );
  const rooms = sql.array(
    pairs.map((pair) => pair.roomId),
    "UUID",
  );
  const rows = await sql<RawMembership[]>`
    select m.room_id, m.account_id, m.id as member_id, r.kind, r.state as room_state, m.state as member_state, m.may_post,
      r.epoch, coalesce(m.paused_rev, r.rev) as rev, m.paused_seq is not null as paused
    from unnest(${accounts}::uuid[], ${rooms}::uuid[]) as p (account_id, room_id)
    join rooms_members m on m.account_id = p.account_id and m.room_id = p.room_id
    join rooms_rooms r on r.id = m.room_id`;
  return new Map(rows.map(readMembership).map((found) => [`${found.accountId}${found.roomId}`, found]));
}

/** Finds a member of a room by its own id. */
export async function findMember(sql: Sql, roomId: string, memberId: string): Promise<MemberRow | null> {
  const [row] = await sql<RawMember[]>`
    select id, account_id as "accountId", state, rev, alias_adjective as adjective, alias_noun as noun
    from rooms_members where id = ${memberId} and room_id = ${roomId}`;
  return row ? readMember(row) : null;
}

/** Changes how a member's own list shows a room; null leaves a setting. Says whether anything changed. */
export async function updateListing(
  tx: Sql,
  input: {
    accountId: string;
    roomId: string;
    pinned: boolean | null;
    muted: boolean | null;
    archived: boolean | null;
    markedUnread: boolean | null;
  },
): Promise<boolean> {
  const rows = await tx`
    update rooms_members set
      pinned_at = case ${input.pinned}::bool when true then coalesce(pinned_at, clock_timestamp()) when false then null
        else pinned_at end,
      muted = coalesce(${input.muted}::bool, muted),
      archived = coalesce(${input.archived}::bool, archived),
      marked_unread = coalesce(${input.markedUnread}::bool, marked_unread)
    where account_id = ${input.accountId} and room_id = ${input.roomId} and state = 'active'
      and ((pinned_at is not null) <> coalesce(${input.pinned}::bool, pinned_at is not null)
        or muted <> coalesce(${input.muted}::bool, muted)
        or archived <> coalesce(${input.archived}::bool, archived)
        or marked_unread <> coalesce(${input.markedUnread}::bool, marked_unread))
    returning id`;
  return rows.length > 0;
}

export type ReadMove = { readonly accountId: string; readonly roomId: string; readonly seq: number };

/**
 * Moves read cursors forward to a `seq` (never beyond the last message) and tells those that moved. What one has read
 * already leaves a mark as unread alone, and for who is paused nothing moves: the other one would see them read. Locks
 * members in order of id; rooms are not locked: nobody else's view depends on a cursor.
 */
export async function moveReadCursors(
  tx: Sql,
  moves: readonly ReadMove[],
): Promise<{ accountId: string; roomId: string }[]> {
  const accounts = tx.array(
    moves.map((move) => move.accountId),
    "UUID",
  );
  const rooms = tx.array(
    moves.map((move) => move.roomId),
    "UUID",
  );
  const seqs = tx.array(
    moves.map((move) => move.seq),
    "INT",
  );
  const rows = await tx<{ account_id: string; room_id: string }[]>`
    with asked as (
      select p.account_id, p.room_id, max(p.seq) as seq
      from unnest(${accounts}::uuid[], ${rooms}::uuid[], ${seqs}::int[]) as p (account_id, room_id, seq)
      group by p.account_id, p.room_id
    ), aimed as (
      select m.id, least(a.seq, r.last_seq) as seq,
        case when a.seq >= r.last_seq then r.last_ord
          else coalesce((select g.ord from rooms_messages g where g.room_id = r.id and g.seq = a.seq), 0) end as ord
      from asked a
      join rooms_members m on m.account_id = a.account_id and m.room_id = a.room_id and m.state = 'active'
        and m.paused_seq is null
      join rooms_rooms r on r.id = m.room_id
      order by m.id for no key update of m
    )
    update rooms_members m
    set read_seq = greatest(m.read_seq, t.seq), read_ord = greatest(m.read_ord, t.ord), marked_unread = false
    from aimed t where m.id = t.id and (m.read_seq < t.seq or (m.marked_unread and m.read_seq = t.seq))
    returning m.account_id, m.room_id`;
  return rows.map((row) => ({ accountId: toHex(row.account_id), roomId: toHex(row.room_id) }));
}

/** Reads where an account's read cursors stand. */
export async function listReadCursors(
  sql: Sql,
  pairs: readonly { accountId: string; roomId: string }[],
): Promise<({ readSeq: number; readOrd: number } | null)[]> {
  const accounts = sql.array(
    pairs.map((pair) => pair.accountId),
    "UUID",
  );
  const rooms = sql.array(
    pairs.map((pair) => pair.roomId),
    "UUID",
  );
  const rows = await sql<{ read_seq: number | null; read_ord: number | null }[]>`
    select coalesce(m.paused_seq, m.read_seq) as read_seq,
      coalesce(m.paused_ord, m.read_ord + case
        when r.last_ord > m.read_ord then rooms_count_uncounted(m.room_id, m.id, m.read_seq) else 0
      end) as read_ord
    from unnest(${accounts}::uuid[], ${rooms}::uuid[]) with ordinality as p (account_id, room_id, i)
    left join rooms_members m on m.account_id = p.account_id and m.room_id = p.room_id and m.state = 'active'
    left join rooms_rooms r on r.id = m.room_id
    order by p.i`;
  return rows.map((row) =>
    row.read_seq === null || row.read_ord === null ? null : { readSeq: row.read_seq, readOrd: row.read_ord },
  );
}

/**
 * Locks the members of a room who have not read a line, in order of id, and tells them; none where the room has more than
 * `limit` members. The caller holds the room's lock.
 */
export async function lockNotYetReaders(tx: Sql, roomId: string, seq: number, limit: number): Promise<Pair[]> {
  const rows = await tx<{ account_id: string }[]>`
    select m.account_id from rooms_members m
    where m.room_id = ${roomId} and m.state = 'active' and m.read_seq < ${seq} and m.paused_seq is null
      and (select r.member_count from rooms_rooms r where r.id = ${roomId}) <= ${limit}
    order by m.id for no key update of m`;
  return rows.map((row) => ({ roomId, accountId: toHex(row.account_id) }));
}

/** Writes the account rev at which memberships changed for their owners. */
export async function stampAccountRevs(
  tx: Sql,
  stamps: readonly { accountId: string; roomId: string; accountRev: number }[],
): Promise<void> {
  if (stamps.length === 0) return;
  const accounts = tx.array(
    stamps.map((stamp) => stamp.accountId),
    "UUID",
  );
  const rooms = tx.array(
    stamps.map((stamp) => stamp.roomId),
    "UUID",
  );
  const revs = tx.array(
    stamps.map((stamp) => stamp.accountRev),
    "INT",
  );
  await tx`
    update rooms_members m set account_rev = p.rev
    from unnest(${accounts}::uuid[], ${rooms}::uuid[], ${revs}::int[]) as p (account_id, room_id, rev)
    where m.account_id = p.account_id and m.room_id = p.room_id`;
}

/**
 * Locks the active members of a room, in order of id, before anything is written about several of them; null when there
 * are more than `limit`. The caller holds the room's lock.
 */
export async function lockActiveMembers(
  tx: Sql,
  roomId: string,
  limit: number,
): Promise<{ roomId: string; accountId: string }[] | null> {
  const rows = await tx<{ account_id: string }[]>`
    select account_id from rooms_members where room_id = ${roomId} and state = 'active'
    order by id limit ${limit + 1} for no key update`;
  return rows.length > limit ? null : rows.map((row) => ({ roomId, accountId: toHex(row.account_id) }));
}
