import type { Sql } from "./ports.ts";

/** Forgets an account: its wait, how its last one ended, and whom it met. */
export async function eraseAccount(tx: Sql, accountId: string): Promise<void> {
  await tx`delete from matching_requests where account_id = ${accountId}`;
  await tx`delete from matching_endings where account_id = ${accountId}`;
  await tx`delete from matching_matches where low_account_id = ${accountId} or high_account_id = ${accountId}`;
}

export type MadeMatch = { readonly madeAt: Date; readonly endedAt: Date | null };

/** Lists when an account met somebody; whom, is not its own to take along. */
export async function listMatchTimes(sql: Sql, accountId: string): Promise<MadeMatch[]> {
  const rows = await sql<{ made_at: Date; ended_at: Date | null }[]>`
    select made_at, ended_at from matching_matches
    where low_account_id = ${accountId} or high_account_id = ${accountId} order by made_at`;
  return rows.map((row) => ({ madeAt: row.made_at, endedAt: row.ended_at }));
}
