import type { RoomKind } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import {
  type MessageRow,
  type RawMessage,
  readMessage,
  selectMessageToPublish,
  selectNoMessage,
} from "../store-message-rows.ts";
import { type MemberRow, type RawMember, readMember } from "../store-summaries.ts";
import { toHex } from "../store-uuids.ts";

export type Position = { readonly roomId: string; readonly rev: number };

export type StateRow = {
  readonly kind: RoomKind;
  readonly state: "open" | "closed";
  readonly name: string | null;
  readonly stateRev: number;
};

/** Where a room stands. */
export type HeadRow = {
  readonly roomId: string;
  readonly roomEpoch: number;
  readonly rev: number;
  readonly lastSeq: number;
  readonly lastOrd: number;
  readonly memberCount: number;
  /** The member who is paused, or "". */
  readonly pausedId: string;
};

/** What changed in a room after a rev, all of one snapshot. */
export type ChangedRoom = HeadRow &
  StateRow & {
    /** False when more changed than was asked for: then `messages` and `members` are empty. */
    readonly isComplete: boolean;
    readonly messages: readonly MessageRow[];
    readonly members: readonly MemberRow[];
  };

type RawHead = {
  id: string;
  epoch: number;
  rev: number;
  last_seq: number;
  last_ord: number;
  member_count: number;
  paused_member_id: string | null;
};

const readHead = (raw: RawHead): HeadRow => ({
  roomId: toHex(raw.id),
  roomEpoch: raw.epoch,
  rev: raw.rev,
  lastSeq: raw.last_seq,
  lastOrd: raw.last_ord,
  memberCount: raw.member_count,
  pausedId: toHex(raw.paused_member_id ?? ""),
});

/** Reads where rooms stand; those that do not exist are left out. */
export async function listHeads(sql: Sql, roomIds: readonly string[]): Promise<HeadRow[]> {
  const rows = await sql<RawHead[]>`
    select id, epoch, rev, last_seq, last_ord, member_count, paused_member_id from rooms_rooms
    where id = any(${sql.array([...roomIds], "UUID")}::uuid[])`;
  return rows.map(readHead);
}

type RawChange = RawHead &
  RawMessage & {
    room_rev: number;
    is: "room" | "message" | "member";
    room_kind: RoomKind;
    room_state: "open" | "closed";
    name: string | null;
    state_rev: number;
    member: RawMember;
  };

/**
 * Reads what changed in rooms after positions in them, one statement for all, so of one snapshot: messages and members
 * whose last change is later, and the room itself. A message changed twice is told once, as it is now. Rooms more than
 * `limit` changes ahead are told without them.
 */
export async function listChangesSince(
  sql: Sql,
  positions: readonly Position[],
  limit: number,
): Promise<Map<string, ChangedRoom>> {
  const found = new Map<string, ChangedRoom & { messages: MessageRow[]; members: MemberRow[] }>();
  if (positions.length === 0) return found;
  const rooms = sql.array(
    positions.map((position) => position.roomId),
    "UUID",
  );
  const revs = sql.array(
    positions.map((position) => position.rev),
    "INT",
  );
  const rows = await sql<RawChange[]>`
    with behind as materialized (
      select r.*, p.rev as from_rev from unnest(${rooms}::uuid[], ${revs}::int[]) as p (room_id, rev)
      join rooms_rooms r on r.id = p.room_id
    )
    select 'room' as is, b.id, b.epoch, b.rev as room_rev, b.last_seq, b.last_ord, b.member_count, b.paused_member_id,
      b.kind as room_kind, b.state as room_state, b.name, b.state_rev, null::jsonb as member, ${selectNoMessage(sql)}
    from behind b
    union all
    select 'message', b.id, 0, 0, 0, 0, 0, null, b.kind, b.state, null, 0, null, ${selectMessageToPublish(sql, "g")}
    from behind b join rooms_messages g on g.room_id = b.id and g.rev > b.from_rev
    where b.rev - b.from_rev <= ${limit}
    union all
    select 'member', b.id, 0, 0, 0, 0, 0, null, b.kind, b.state, null, 0,
      jsonb_build_object('id', m.id, 'accountId', m.account_id, 'state', m.state, 'rev', m.rev,
        'adjective', m.alias_adjective, 'noun', m.alias_noun),
      ${selectNoMessage(sql)}
    from behind b join rooms_members m on m.room_id = b.id and m.rev > b.from_rev
    where b.rev - b.from_rev <= ${limit}`;
  const from = new Map(positions.map((position) => [position.roomId, position.rev]));
  for (const row of rows) {
    if (row.is !== "room") continue;
    const head = readHead({ ...row, rev: row.room_rev });
    found.set(head.roomId, {
      ...head,
      kind: row.room_kind,
      state: row.room_state,
      name: row.name,
      stateRev: row.state_rev,
      isComplete: head.rev - (from.get(head.roomId) ?? 0) <= limit,
      messages: [],
      members: [],
    });
  }
  for (const row of rows) {
    const room = row.is === "room" ? undefined : found.get(toHex(row.id));
    if (row.is === "message") room?.messages.push(readMessage(row));
    if (row.is === "member") room?.members.push(readMember(row.member));
  }
  return found;
}

/** Lists the accounts whose membership ended after a rev. */
export async function listDepartedSince(sql: Sql, position: Position): Promise<string[]> {
  const rows = await sql<{ account_id: string }[]>`
    select account_id from rooms_members
    where room_id = ${position.roomId} and rev > ${position.rev} and state = 'left'`;
  return rows.map((row) => toHex(row.account_id));
}

/** Makes all statements of a transaction see one moment; its first statement. */
export async function beginSnapshot(tx: Sql): Promise<void> {
  await tx`set transaction isolation level repeatable read, read only`;
}

/** Returns the identity of this installation's numbering: its own word and the timeline of the database. */
export async function findInstallationEpoch(sql: Sql): Promise<string> {
  const [row] = await sql<{ epoch: string; timeline: string }[]>`
    select epoch, ltrim(substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), '0') as timeline
    from rooms_installation`;
  if (row === undefined) throw new Error("rooms_installation has no row");
  return `${row.epoch}.${row.timeline}`;
}
