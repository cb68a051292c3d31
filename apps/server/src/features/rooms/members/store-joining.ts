import type { Sql } from "../ports.ts";
import { toHex } from "../store-uuids.ts";

export type JoiningMember = {
  readonly id: string;
  readonly roomId: string;
  readonly accountId: string;
  readonly alias: { readonly adjective: number; readonly noun: number } | null;
  readonly rev: number;
  /** Where the member's reading starts: what was said before is not unread to them. */
  readonly readSeq: number;
  readonly readOrd: number;
};

/**
 * Makes an account an active member, or lets one who left back in under the id and with the right to post of before: who
 * was silenced does not speak again by leaving. Tells that id, null when they are a member already. The caller holds the
 * room's lock.
 */
export async function insertJoiningMember(tx: Sql, member: JoiningMember): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`
    insert into rooms_members (id, room_id, account_id, alias_adjective, alias_noun, rev, read_seq, read_ord)
    values (${member.id}, ${member.roomId}, ${member.accountId}, ${member.alias?.adjective ?? null},
      ${member.alias?.noun ?? null}, ${member.rev}, ${member.readSeq}, ${member.readOrd})
    on conflict (room_id, account_id) do update set
      state = 'active', left_at = null, joined_at = clock_timestamp(), hidden_ord = null,
      rev = excluded.rev, read_seq = excluded.read_seq, read_ord = excluded.read_ord, marked_unread = false
    where rooms_members.state = 'left'
    returning id`;
  return row ? toHex(row.id) : null;
}
