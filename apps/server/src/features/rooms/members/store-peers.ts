import type { RoomFacts } from "../policy.ts";
import type { Sql } from "../ports.ts";
import { type RawFacts, readOwnFacts } from "../store-facts.ts";
import { toHex } from "../store-uuids.ts";

/** Somebody else in a room, beside what the account that asks is there. */
export type Other = {
  readonly roomId: string;
  readonly memberId: string;
  readonly accountId: string;
  readonly facts: RoomFacts;
  /** True when the other one is paused: they are not to be seen. */
  readonly isSilent: boolean;
  readonly haveBothWritten: boolean;
};

/**
 * Lists the other active members of an account's rooms, at most `limit` of each, and reads no more of them: "not left"
 * and "the first message" rather than "active" and "a message", because a planner without statistics takes few to be
 * active and reads everybody, or every message, to find them.
 */
export async function listOthers(
  sql: Sql,
  accountId: string,
  roomIds: readonly string[],
  limit: number,
): Promise<Other[]> {
  const rows = await sql<
    (RawFacts & {
      room_id: string;
      member_id: string;
      other_id: string;
      is_silent: boolean;
      both_wrote: boolean;
    })[]
  >`
    select m.room_id, o.id as member_id, o.account_id as other_id, r.kind, r.state as room_state, m.state as member_state,
      m.may_post, o.paused_seq is not null as is_silent,
      w.wrote and coalesce((select true from rooms_messages g where g.author_id = o.id limit 1), false) as both_wrote
    from rooms_members m
    join rooms_rooms r on r.id = m.room_id
    cross join lateral (
      select coalesce((select true from rooms_messages g where g.author_id = m.id limit 1), false) as wrote
    ) w
    cross join lateral (
      select x.id, x.account_id, x.paused_seq from rooms_members x
      where x.room_id = m.room_id and x.account_id <> m.account_id and x.state <> 'left' order by x.id limit ${limit}
    ) o
    where m.account_id = ${accountId} and m.room_id = any(${sql.array([...roomIds], "UUID")}::uuid[])`;
  return rows.map((row) => ({
    roomId: toHex(row.room_id),
    memberId: toHex(row.member_id),
    accountId: toHex(row.other_id),
    facts: readOwnFacts(row),
    isSilent: row.is_silent,
    haveBothWritten: row.both_wrote,
  }));
}
