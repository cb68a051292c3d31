import type { GuessLimit } from "@maru/protocol";

/** How many failures are free, and how the wait grows after them. */
export type AttemptRule = Pick<GuessLimit, "freeFailures" | "baseDelayMs" | "maxDelayMs" | "forgetMs">;

/**
 * Counts an attempt as failed from its start and blocks the key from then on as the rule says. Null when it is blocked
 * already; then nothing changes, and {@link findBlock} returns until when.
 */
export async function countAttempt(sql: Bun.SQL, key: string, rule: AttemptRule, now: Date): Promise<number | null> {
  const forgottenAt = new Date(now.getTime() - rule.forgetMs);
  const [row] = await sql<{ failures: number }[]>`
    insert into identity_attempts as a (key, failures, last_at) values (${key}, 1, ${now})
    on conflict (key) do update set
      failures = case when a.last_at <= ${forgottenAt}::timestamptz then 1 else a.failures + 1 end,
      blocked_until = case when a.last_at > ${forgottenAt}::timestamptz and a.failures >= ${rule.freeFailures}::int then
        ${now}::timestamptz + least(
          ${rule.baseDelayMs}::float8 * power(2, least(a.failures - ${rule.freeFailures}::int, 30)),
          ${rule.maxDelayMs}::float8) * interval '1 ms' end,
      last_at = ${now}
    where a.blocked_until is null or a.blocked_until <= ${now}::timestamptz or a.last_at <= ${forgottenAt}::timestamptz
    returning failures`;
  return row?.failures ?? null;
}

export async function findBlock(sql: Bun.SQL, key: string): Promise<Date | null> {
  const [row] = await sql<{ blocked_until: Date | null }[]>`
    select blocked_until from identity_attempts where key = ${key}`;
  return row?.blocked_until ?? null;
}

export async function takeAttemptBack(sql: Bun.SQL, key: string): Promise<void> {
  await sql`
    update identity_attempts set failures = greatest(failures - 1, 0), blocked_until = null where key = ${key}`;
}

export async function forgetAttempts(sql: Bun.SQL, key: string): Promise<void> {
  await sql`delete from identity_attempts where key = ${key}`;
}

export async function deleteOldAttempts(sql: Bun.SQL, before: Date): Promise<void> {
  await sql`delete from identity_attempts where last_at < ${before}`;
}
