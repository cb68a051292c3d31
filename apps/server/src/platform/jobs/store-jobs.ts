import type { SQL } from "bun";

/** A job as a worker took it. */
export type TakenJob = {
  readonly id: string;
  readonly key: string | null;
  readonly payload: string | null;
  /** Which try this is, from 1. */
  readonly attempts: number;
  /** What this taking is told by: another one has another. */
  readonly fence: number;
  /** Whether nobody needs it any more. */
  readonly isOver: boolean;
};

/** One taking of a job, which no other worker and no other time shares. */
export type Hold = { readonly id: string; readonly fence: number };

export type NewJob = {
  readonly id: string;
  readonly kind: string;
  readonly key: string | null;
  readonly payload: string | null;
  readonly delayMs: number;
  readonly lifeMs: number | null;
};

/**
 * Adds a job; false when one of its kind and key stands, which is then due as early and needed as long, and due once more
 * if it is held.
 */
export async function insertJob(sql: SQL, job: NewJob): Promise<boolean> {
  const [row] = await sql<{ is_new: boolean }[]>`
    insert into platform_jobs as j (id, kind, key, payload, due_at, expires_at)
    values (
      ${job.id}, ${job.kind}, ${job.key}, ${job.payload}, clock_timestamp() + ${job.delayMs}::float8 * interval '1 ms',
      clock_timestamp() + ${job.lifeMs}::float8 * interval '1 ms')
    on conflict (kind, key) do update set
      is_wanted = j.holder is not null,
      due_at = case when j.holder is null then least(j.due_at, excluded.due_at) else j.due_at end,
      expires_at = nullif(greatest(coalesce(j.expires_at, 'infinity'), coalesce(excluded.expires_at, 'infinity')), 'infinity')
    returning xmax = 0 as is_new`;
  return row?.is_new === true;
}

/**
 * Lets a job come back every so often; one that stands keeps its time unless it would be later than that, and one that is
 * held its lease, which stands in the same column.
 */
export async function scheduleJob(sql: SQL, job: { id: string; kind: string; everyMs: number }): Promise<void> {
  await sql`
    insert into platform_jobs as j (id, kind, key, due_at, every_ms)
    values (${job.id}, ${job.kind}, 'recurring', clock_timestamp() + ${job.everyMs} * interval '1 ms', ${job.everyMs})
    on conflict (kind, key) do update set
      every_ms = excluded.every_ms,
      due_at = case when j.holder is null then least(j.due_at, excluded.due_at) else j.due_at end
    where j.every_ms is distinct from excluded.every_ms`;
}

/** Makes a job that comes back due now, or once more right after the round that runs. */
export async function requestJob(sql: SQL, kind: string): Promise<void> {
  await sql`
    update platform_jobs set
      is_wanted = holder is not null,
      due_at = case when holder is null then least(due_at, clock_timestamp()) else due_at end
    where kind = ${kind} and key = 'recurring'`;
}

/** Forgets jobs that came back under a program of before and that nobody knows any more. */
export async function removeRetiredJobs(sql: SQL, kinds: readonly string[]): Promise<void> {
  await sql`
    delete from platform_jobs
    where every_ms is not null and due_at < now() - interval '7 days' and kind <> all(${toTextArray(kinds)}::text::text[])`;
}

/**
 * Takes the job of a kind that has been due for longest, or null. `now()` and not the clock's moment: only what stands
 * still for a statement lets the index find what is due.
 */
export async function takeJob(
  sql: SQL,
  kind: string,
  { holder, leaseMs }: { readonly holder: string; readonly leaseMs: number },
): Promise<TakenJob | null> {
  const [row] = await sql<
    { id: string; key: string | null; payload: string | null; attempts: number; fence: number; is_over: boolean }[]
  >`
    with due as materialized (
      select id from platform_jobs where kind = ${kind} and due_at <= now()
      order by due_at, id limit 1 for update skip locked)
    update platform_jobs j set
      holder = ${holder}, fence = j.fence + 1, attempts = j.attempts + 1, is_wanted = false,
      due_at = clock_timestamp() + ${leaseMs} * interval '1 ms'
    from due where j.id = due.id
    returning j.id, j.key, j.payload, j.attempts, j.fence, coalesce(j.expires_at <= clock_timestamp(), false) as is_over`;
  if (!row) return null;
  const { is_over: isOver, ...job } = row;
  return { ...job, isOver };
}

/** Prolongs a hold; false when it is lost. */
export async function renewJob(sql: SQL, { id, fence }: Hold, leaseMs: number): Promise<boolean> {
  const rows = await sql`
    update platform_jobs set due_at = clock_timestamp() + ${leaseMs} * interval '1 ms'
    where id = ${id} and fence = ${fence} and holder is not null
    returning 1`;
  return rows.length > 0;
}

/** Locks a hold for the rest of the transaction; false when it is lost or over. */
export async function lockJob(tx: SQL, { id, fence }: Hold): Promise<boolean> {
  const rows = await tx`
    select 1 from platform_jobs
    where id = ${id} and fence = ${fence} and holder is not null and due_at > clock_timestamp()
    for update`;
  return rows.length > 0;
}

/** Ends a job that is done: it goes, or is due again. False when the hold was lost. */
export async function finishJob(sql: SQL, { id, fence }: Hold): Promise<boolean> {
  const gone = await sql`
    delete from platform_jobs where id = ${id} and fence = ${fence} and every_ms is null and not is_wanted returning 1`;
  if (gone.length > 0) return true;
  const kept = await sql`
    update platform_jobs set
      holder = null, attempts = 0,
      due_at = clock_timestamp() + case when is_wanted then 0 else every_ms end * interval '1 ms'
    where id = ${id} and fence = ${fence} and (every_ms is not null or is_wanted)
    returning 1`;
  return kept.length > 0;
}

/**
 * Puts a job that failed back: for a pause no longer than until it would come back anyway, or for now if it was asked for.
 * False when the hold was lost, or has ended with a transaction of the work.
 */
export async function putBackJob(sql: SQL, { id, fence }: Hold, delayMs: number): Promise<boolean> {
  const rows = await sql`
    update platform_jobs set
      holder = null,
      due_at = clock_timestamp() + case when is_wanted then 0 else least(${delayMs}::float8, every_ms) end * interval '1 ms'
    where id = ${id} and fence = ${fence} and holder is not null
    returning 1`;
  return rows.length > 0;
}

/** For how long the earliest job of each kind has been due, in ms; kinds without one are left out. */
export async function listLateness(sql: SQL, kinds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ kind: string; late_ms: number }[]>`
    select k.kind, extract(epoch from now() - first.due_at)::float8 * 1000 as late_ms
    from unnest(${toTextArray(kinds)}::text::text[]) as k(kind)
    cross join lateral (
      select due_at from platform_jobs j where j.kind = k.kind and due_at <= now() order by due_at limit 1) first`;
  return new Map(rows.map((row) => [row.kind, row.late_ms]));
}

/** Whether at least so many jobs of a kind stand. */
export async function hasJobs(sql: SQL, kind: string, count: number): Promise<boolean> {
  const [row] = await sql<{ is_full: boolean }[]>`
    select exists (select from platform_jobs where kind = ${kind} offset ${count - 1} limit 1) as is_full`;
  return row?.is_full === true;
}

/** How the jobs of a kind stand, for who looks from outside. */
export type JobState = {
  readonly kind: string;
  readonly isRecurring: boolean;
  readonly count: number;
  readonly heldCount: number;
  /** Jobs that failed at least `tries` times on end, or took their worker with them; the try that runs counts as none. */
  readonly failingCount: number;
  /** For how long the earliest that nobody holds has been due, in ms; negative before its time. */
  readonly lateMs: number | null;
};

export async function listJobStates(sql: SQL, tries: number): Promise<JobState[]> {
  const rows = await sql<
    {
      kind: string;
      is_recurring: boolean;
      count: number;
      held_count: number;
      failing_count: number;
      late_ms: number | null;
    }[]
  >`
    select kind, bool_or(every_ms is not null) as is_recurring, count(*)::int as count,
      count(*) filter (where is_held)::int as held_count,
      count(*) filter (where attempts - is_held::int >= ${tries})::int as failing_count,
      extract(epoch from now() - min(due_at) filter (where not is_held))::float8 * 1000 as late_ms
    from platform_jobs, lateral (select holder is not null and due_at > now() as is_held) held
    group by kind order by kind`;
  return rows.map((row) => ({
    kind: row.kind,
    isRecurring: row.is_recurring,
    count: row.count,
    heldCount: row.held_count,
    failingCount: row.failing_count,
    lateMs: row.late_ms,
  }));
}

/** Names of kinds as Postgres writes an array; they are plain words with dots. */
function toTextArray(kinds: readonly string[]): string {
  return `{${kinds.join(",")}}`;
}
