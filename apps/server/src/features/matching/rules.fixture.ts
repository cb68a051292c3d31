/**
 * Lists what matching has done to this database that it must never do. Knows the tables and the promises, not the code:
 * empty means that all promises are kept. A match that both have come to is a conversation like others: who has one may
 * ask for the next.
 */
export async function findViolations(sql: Bun.SQL): Promise<string[]> {
  const rows = await sql<{ violation: string }[]>`
    with sides as (
      select m.*, s.account_id, s.other_id from matching_matches m
      cross join lateral (values (m.low_account_id, m.high_account_id), (m.high_account_id, m.low_account_id))
        s (account_id, other_id)
    )
    select 'somebody is in two matches' as violation from sides
      where ended_at is null and not (low_joined and high_joined) group by account_id having count(*) > 1
    union select 'somebody waits and is matched' from sides
      join matching_requests r using (account_id)
      where ended_at is null and not (low_joined and high_joined)
    union select 'one wait became two matches' from sides
      group by case when account_id = low_account_id then low_request_id else high_request_id end having count(*) > 1
    union select 'somebody met themselves' from sides where account_id = other_id
    union select 'a blocked pair met' from sides
      join identity_blocks b on b.blocker_id = account_id and b.blocked_id = other_id and b.blocked_at < made_at
    union select 'a match has another room than its two' from sides s
      where (select count(*) from rooms_members m where m.room_id = s.room_id) <> 2
        or not exists (select from rooms_members m where m.room_id = s.room_id and m.account_id = s.account_id)
    union select 'a room without a match' from rooms_rooms r
      where kind = 'match' and not exists (select from matching_matches m where m.room_id = r.id)`;
  return rows.map((row) => row.violation).sort();
}
