import type { RoomKind } from "@maru/protocol";
import type { RoomTraits } from "./policy.ts";
import type { Sql } from "./ports.ts";
import type { SystemNote } from "./store-message-rows.ts";
import { toHex } from "./store-uuids.ts";

/** A room as its writers hold it under its lock. */
export type LockedRoom = {
  readonly id: string;
  readonly kind: RoomKind;
  readonly state: "open" | "closed";
  readonly name: string | null;
  readonly epoch: number;
  readonly rev: number;
  readonly lastSeq: number;
  readonly lastOrd: number;
};

/** Locks rooms in order of id until the transaction ends: every writer's first step. */
export async function lockRooms(tx: Sql, roomIds: readonly string[]): Promise<LockedRoom[]> {
  const rows = await tx<
    {
      id: string;
      kind: RoomKind;
      state: "open" | "closed";
      name: string | null;
      epoch: number;
      rev: number;
      last_seq: number;
      last_ord: number;
    }[]
  >`
    select id, kind, state, name, epoch, rev, last_seq, last_ord from rooms_rooms
    where id = any(${tx.array([...roomIds], "UUID")}::uuid[]) order by id for no key update`;
  return rows.map((row) => ({
    id: toHex(row.id),
    kind: row.kind,
    state: row.state,
    name: row.name,
    epoch: row.epoch,
    rev: row.rev,
    lastSeq: row.last_seq,
    lastOrd: row.last_ord,
  }));
}

/** Orders what two people do to each other: openings and blocks of one pair run one after the other. */
export async function lockPairs(tx: Sql, keys: readonly string[]): Promise<void> {
  await tx`
    select pg_advisory_xact_lock(k.key) from (
      select distinct hashtextextended(p.key, 7) as key from unnest(${tx.array([...keys], "TEXT")}::text[]) as p (key)
      order by 1
    ) k`;
}

/** The key that a direct room of two accounts has, whoever opens it. */
export function directKeyOf(a: string, b: string): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`;
}

export type NewMember = {
  readonly id: string;
  readonly roomId: string;
  readonly accountId: string;
  readonly mayPost: boolean;
  readonly alias: { readonly adjective: number; readonly noun: number } | null;
  /** Starts put away: shown when the first message is there. */
  readonly isHidden: boolean;
};

export type NewRoom = {
  readonly id: string;
  readonly kind: RoomKind;
  /** What its kind's policy says; stored with the room. */
  readonly traits: RoomTraits;
  readonly directKey: string | null;
  /** The room's first line, if it has one. */
  readonly opening: SystemNote | null;
  readonly members: readonly NewMember[];
};

/** Inserts direct rooms' rows unless their pair has one; tells the ids that are new. */
async function insertRoomRows(tx: Sql, rooms: readonly NewRoom[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    insert into rooms_rooms (id, kind, is_pair, shows_left_members, direct_key, rev, state_rev, last_seq, member_count, has_hidden)
    select p.id, p.kind, p.is_pair, p.shows_left, nullif(p.direct_key, ''), 1, 1, p.lines, p.members, p.hidden
    from unnest(
      ${tx.array(
        rooms.map((room) => room.id),
        "UUID",
      )}::uuid[],
      ${tx.array(
        rooms.map((room) => room.kind),
        "TEXT",
      )}::text[],
      ${tx.array(
        rooms.map((room) => room.traits.isPair),
        "BOOLEAN",
      )}::bool[],
      ${tx.array(
        rooms.map((room) => room.traits.showsLeftMembers),
        "BOOLEAN",
      )}::bool[],
      ${tx.array(
        rooms.map((room) => room.directKey ?? ""),
        "TEXT",
      )}::text[],
      ${tx.array(
        rooms.map((room) => (room.opening ? 1 : 0)),
        "INT",
      )}::int[],
      ${tx.array(
        rooms.map((room) => room.members.length),
        "INT",
      )}::int[],
      ${tx.array(
        rooms.map((room) => room.members.some((member) => member.isHidden)),
        "BOOLEAN",
      )}::bool[]
    ) as p (id, kind, is_pair, shows_left, direct_key, lines, members, hidden)
    on conflict (direct_key) do nothing
    returning id`;
  return new Set(rows.map((row) => toHex(row.id)));
}

/**
 * Makes rooms with their members and first lines, all at rev 1; tells which are new. A direct room whose pair has one
 * already is left out, also when the other one is being made at this moment.
 */
export async function insertRooms(tx: Sql, rooms: readonly NewRoom[]): Promise<Set<string>> {
  if (rooms.length === 0) return new Set();
  const made = await insertRoomRows(tx, rooms);
  const members = rooms.filter((room) => made.has(room.id)).flatMap((room) => room.members);
  if (members.length > 0) {
    await tx`
      insert into rooms_members (id, room_id, account_id, may_post, alias_adjective, alias_noun, hidden_ord, rev)
      select p.id, p.room_id, p.account_id, p.may_post, nullif(p.adjective, -1), nullif(p.noun, -1),
        case when p.hidden then 0 end, 1
      from unnest(
        ${tx.array(
          members.map((member) => member.id),
          "UUID",
        )}::uuid[],
        ${tx.array(
          members.map((member) => member.roomId),
          "UUID",
        )}::uuid[],
        ${tx.array(
          members.map((member) => member.accountId),
          "UUID",
        )}::uuid[],
        ${tx.array(
          members.map((member) => member.mayPost),
          "BOOLEAN",
        )}::bool[],
        ${tx.array(
          members.map((member) => member.alias?.adjective ?? -1),
          "INT",
        )}::int[],
        ${tx.array(
          members.map((member) => member.alias?.noun ?? -1),
          "INT",
        )}::int[],
        ${tx.array(
          members.map((member) => member.isHidden),
          "BOOLEAN",
        )}::bool[]
      ) as p (id, room_id, account_id, may_post, adjective, noun, hidden)`;
  }
  const lines = rooms.filter((room) => made.has(room.id) && room.opening !== null);
  if (lines.length > 0) {
    await tx`
      insert into rooms_messages (room_id, seq, rev, ord, kind, system, sent_at)
      select p.room_id, 1, 1, 0, 'system', p.system::jsonb, clock_timestamp()
      from unnest(
        ${tx.array(
          lines.map((room) => room.id),
          "UUID",
        )}::uuid[],
        ${tx.array(
          lines.map((room) => JSON.stringify(room.opening)),
          "TEXT",
        )}::text[]
      ) as p (room_id, system)`;
  }
  return made;
}

export async function findDirectRoomId(sql: Sql, directKey: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`select id from rooms_rooms where direct_key = ${directKey}`;
  return row ? toHex(row.id) : null;
}
