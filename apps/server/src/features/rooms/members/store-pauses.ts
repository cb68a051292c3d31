import type { Sql } from "../ports.ts";
import { toHex } from "../store-uuids.ts";

/**
 * Pauses exactly these of a direct room's two members, and tells the accounts for which that changed something. For who is
 * paused the room stands where it stands now; nothing of this takes a rev, since the other one must not see it. The caller
 * holds the room's lock.
 */
export async function setPauses(tx: Sql, roomId: string, pausedIds: readonly string[]): Promise<string[]> {
  const ids = tx.array([...pausedIds], "UUID");
  await tx`select id from rooms_members where room_id = ${roomId} order by id for no key update`;
  const rows = await tx<{ account_id: string }[]>`
    update rooms_members m set
      may_post = not p.is_paused,
      paused_seq = case when p.is_paused then r.last_seq end,
      paused_ord = case when p.is_paused then r.last_ord end,
      paused_rev = case when p.is_paused then r.rev end,
      paused_at = case when p.is_paused then r.active_at end,
      -- What was said during a pause shows no room again.
      hidden_ord = case when m.hidden_ord is null or p.is_paused then m.hidden_ord else r.last_ord end
    from rooms_rooms r
    join (select x.id, x.room_id, x.account_id = any (${ids}::uuid[]) as is_paused from rooms_members x) p on p.room_id = r.id
    where r.id = ${roomId} and m.id = p.id and m.state = 'active'
      and (p.is_paused <> (m.paused_seq is not null) or m.may_post = p.is_paused)
    returning m.account_id`;
  await tx`
    update rooms_rooms r set paused_member_id = (
      select m.id from rooms_members m where m.room_id = r.id and m.paused_seq is not null order by m.id limit 1
    )
    where r.id = ${roomId}`;
  return rows.map((row) => toHex(row.account_id));
}
