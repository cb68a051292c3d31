import { type Clock, type SharedRateLimit, type SharedRateLimitName, sharedRateLimits } from "@maru/protocol";
import type { Database } from "./db/database.ts";
import { fail } from "./errors.ts";
import { Refusals } from "./refusals.ts";
import type { SecretBox } from "./secret-box.ts";

export type SharedRateRules = Readonly<Record<SharedRateLimitName, Pick<SharedRateLimit, "count" | "windowMs">>>;

export type SharedLimits = ReturnType<typeof createSharedLimits>;

/**
 * Takes one of a shared limit for its owner, or fails; returns how many the owner has taken within the window, this one
 * among them. As {@link createSharedLimits} makes it.
 */
export type TakeShared = (name: SharedRateLimitName, owner: string, sql?: Bun.SQL) => Promise<number>;

/** How far the clocks of two nodes may be apart; what lies further ahead was written by a clock that was wrong. */
const clockSkewMs = 60_000;
/** How often old counts are cleared away, by one node for all. */
export const countsSweepEveryMs = 600_000;

/**
 * The limits that all nodes count together: at most so many within any window, exact to the last one. One statement for
 * what is allowed; what is refused is remembered here until it would be allowed again, so a flood of refused calls costs
 * the database nothing.
 *
 * The count stands in a table of its own: nothing that a limited person can end, replace or repeat reaches it.
 */
export function createSharedLimits(deps: {
  readonly db: Pick<Database, "sql">;
  readonly clock: Clock;
  readonly secretBox: Pick<SecretBox, "fingerprint">;
  /** Rules that differ from those of the protocol. */
  readonly rules?: Partial<SharedRateRules>;
}) {
  const { db, clock, secretBox } = deps;
  const rules: SharedRateRules = { ...sharedRateLimits, ...deps.rules };
  const refusals = new Refusals();

  const keyOf = (name: SharedRateLimitName, owner: string) => secretBox.fingerprint(`rate ${name}`, owner);

  function refuse(key: string, untilMs: number): Error {
    refusals.note(key, untilMs);
    return fail("rate.limited", {}, { retryAfterMs: Math.max(1, untilMs - clock.now()) });
  }

  function take(name: SharedRateLimitName, owner: string, sql?: Bun.SQL): Promise<number> {
    const key = keyOf(name, owner);
    // With a transaction the caller is in its turn already, and holds locks that others may wait for.
    return sql ? ask(name, key, sql) : refusals.inTurn(key, () => ask(name, key, db.sql));
  }

  async function ask(name: SharedRateLimitName, key: string, sql: Bun.SQL): Promise<number> {
    const now = clock.now();
    const { count, windowMs } = rules[name];
    const refusedUntil = refusals.untilOf(key, now, windowMs);
    if (refusedUntil > 0) throw refuse(key, refusedUntil);
    const [since, until] = [now - windowMs, now + clockSkewMs];
    const [row] = await sql<{ taken: number }[]>`
      insert into platform_rate_counts as r (key, hits, ends_at)
      values (${key}, array[${now}::bigint], ${new Date(now + windowMs)})
      on conflict (key) do update set
        hits = array(select hit from unnest(r.hits) hit where hit > ${since}::bigint and hit <= ${until}::bigint order by hit)
          || ${now}::bigint,
        ends_at = excluded.ends_at
      where (
        select count(*) from unnest(r.hits) hit where hit > ${since}::bigint and hit <= ${until}::bigint
      ) < ${count}::int
      returning cardinality(r.hits) as taken`;
    if (row) return row.taken;
    const [oldest] = await sql<{ at: string | null }[]>`
      select min(hit) as at from platform_rate_counts r, unnest(r.hits) hit
      where r.key = ${key} and hit > ${since}::bigint`;
    throw refuse(key, Math.min(Number(oldest?.at ?? now), now) + windowMs);
  }

  async function sweep(): Promise<void> {
    await db.sql`delete from platform_rate_counts where ends_at < ${new Date(clock.now())}`;
  }

  return {
    /**
     * Takes one for its owner and returns how many that makes, or fails with `rate.limited` and the wait that is left. With the caller's transaction it
     * counts only what is committed; without, it counts at once, which is right for what may fail and counts all the same.
     */
    take,
    /** Clears away old counts. */
    sweep,
  };
}
