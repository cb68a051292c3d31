import type { RoomKind } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import { type MemberRow, type RawMember, readMember } from "../store-summaries.ts";
import { toHex } from "../store-uuids.ts";

/** Members of larger rooms learn a new name with the room rather than by their own lists. */
const promptMembers = 100;

/** Lists open rooms of some kinds that an account is in, those used last first. */
export async function listActiveRooms(
  sql: Sql,
  asked: { readonly accountId: string; readonly kinds: readonly RoomKind[]; readonly limit: number },
): Promise<string[]> {
  const rows = await sql<{ room_id: string }[]>`
    select m.room_id from rooms_members m join rooms_rooms r on r.id = m.room_id
    where m.account_id = ${asked.accountId} and m.state = 'active' and r.state = 'open'
      and r.kind = any(${sql.array([...asked.kinds], "TEXT")}::text[])
    order by r.active_at desc limit ${asked.limit}`;
  return rows.map((row) => toHex(row.room_id));
}

export type ChangedMember = {
  readonly roomId: string;
  readonly roomEpoch: number;
  readonly kind: RoomKind;
  readonly member: MemberRow;
  /** All active members of a room that is not large, in order of their ids. */
  readonly accountIds: readonly string[];
};

/** Gives an account's memberships the next rev of their rooms. The caller holds the rooms' locks. */
export async function markMembersChanged(
  tx: Sql,
  accountId: string,
  roomIds: readonly string[],
): Promise<ChangedMember[]> {
  const ids = tx.array([...roomIds], "UUID");
  await tx`
    select id from rooms_members where room_id = any(${ids}::uuid[]) and state = 'active'
      and room_id in (select id from rooms_rooms where id = any(${ids}::uuid[]) and member_count <= ${promptMembers})
    order by id for no key update`;
  await tx`
    with marked as (
      update rooms_members m set rev = r.rev + 1 from rooms_rooms r
      where r.id = m.room_id and m.account_id = ${accountId} and m.room_id = any(${ids}::uuid[]) and m.state = 'active'
      returning m.room_id
    )
    update rooms_rooms r set rev = r.rev + 1, changed_xid = pg_current_xact_id() from marked x where r.id = x.room_id`;
  const rows = await tx<
    (RawMember & { room_id: string; epoch: number; kind: RoomKind; account_ids: string[] | null })[]
  >`
    select m.room_id, r.epoch, r.kind, m.id, m.account_id as "accountId", m.state, m.rev, m.alias_adjective as adjective,
      m.alias_noun as noun,
      case when r.member_count <= ${promptMembers} then (
        select array_agg(x.account_id::text order by x.id) from rooms_members x
        where x.room_id = m.room_id and x.state = 'active'
      ) end as account_ids
    from rooms_members m join rooms_rooms r on r.id = m.room_id
    where m.account_id = ${accountId} and m.room_id = any(${ids}::uuid[]) and m.state = 'active'`;
  return rows.map((row) => ({
    roomId: toHex(row.room_id),
    roomEpoch: row.epoch,
    kind: row.kind,
    member: readMember(row),
    accountIds: (row.account_ids ?? []).map(toHex),
  }));
}
