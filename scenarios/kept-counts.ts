import { createHash } from "node:crypto";
import { type GuessLimitName, guessLimits, type SharedRateLimitName, sharedRateLimits } from "@maru/protocol";
import type { Database } from "../apps/server/src/platform/db/database.ts";
import { createSecretBox } from "../apps/server/src/platform/secret-box.ts";
import { testSecretKey } from "../apps/server/src/testing/signing-keys.ts";

/** A limit that is counted in the database, or the tries at one code. */
export type CountName = SharedRateLimitName | GuessLimitName | "set_up_code" | "step_code";

/** Whose counts stand where they do: an account, a mailbox or both, as one address meets them. */
export type Counted = {
  readonly accountId: string | null;
  readonly email: string | null;
  readonly address: string;
};

const secretBox = createSecretBox(testSecretKey);

/** One count: of which limit, of whom, and its key in the database. */
export type Count = { readonly name: CountName; readonly of: string; readonly key: string };

const sharedNames = Object.keys(sharedRateLimits) as SharedRateLimitName[];

/** The keys under which each limit counts somebody. */
async function listCounts(db: Database, counted: Counted): Promise<Count[]> {
  const { accountId, email, address } = counted;
  const shared = sharedNames.flatMap((name): Count[] => {
    const { per } = sharedRateLimits[name];
    const ofAddress = name === "sign_up_code" || name === "reset_link";
    const mailbox = email !== null && ofAddress ? `${email} ${address}` : email;
    const owner = per === "mailbox" ? mailbox : accountId;
    return owner === null ? [] : [{ name, of: owner, key: secretBox.fingerprint(`rate ${name}`, owner) }];
  });
  const guess = (name: GuessLimitName, owner: string, at = "") => ({
    name: at === "" ? name : ("set_up_code" as const),
    of: owner,
    key: secretBox.fingerprint(`attempts ${name} ${at}`, owner),
  });
  const guesses: Count[] = [guess("password_address", address)];
  if (accountId !== null) {
    const [account] = await db.sql<{ password_hash: string | null }[]>`
      select password_hash from identity_accounts where id = ${accountId}`;
    const mark = createHash("sha256")
      .update(account?.password_hash ?? "")
      .digest("hex");
    const devices = await db.sql<{ hash: string }[]>`select hash from identity_devices where account_id = ${accountId}`;
    const sessions = await db.sql<{ id: string }[]>`
      select replace(id::text, '-', '') as id from identity_auth_sessions where account_id = ${accountId}`;
    guesses.push(
      guess("password_account", `${email}:${mark}`),
      guess("second_factor", accountId),
      guess("second_factor", accountId, "set-up"),
      guess("password_proof_all", accountId),
      ...sessions.map(({ id }) => guess("password_proof", `${accountId}:${id}`)),
      ...devices.flatMap(({ hash }) => [guess("password_device", `${hash}:${mark}`), guess("second_factor", hash)]),
    );
  }
  return [...shared, ...guesses];
}

/** Counts that somebody did things a moment ago, of each limit as often as it lets them but `left` times; returns the counts. */
export async function fillCounts(
  db: Database,
  counted: Counted,
  given: { readonly left: 0 | 1; readonly isFilled?: (count: Count) => boolean },
): Promise<Count[]> {
  const all = await listCounts(db, counted);
  const counts = all.filter(given.isFilled ?? (() => true));
  const now = new Date();
  for (const { name, key } of counts) {
    const shared = (sharedRateLimits as Partial<Record<CountName, { count: number; windowMs: number }>>)[name];
    if (shared) {
      const taken = Math.max(1, shared.count - given.left);
      await db.sql`
        insert into platform_rate_counts as r (key, hits, ends_at)
        select ${key}, array_agg(${now.getTime()}::bigint - one order by one desc), ${new Date(now.getTime() + shared.windowMs)}
        from generate_series(1, ${taken}::int) one
        on conflict (key) do update set hits = excluded.hits`;
      continue;
    }
    const { freeFailures, maxDelayMs } =
      guessLimits[name === "set_up_code" ? "second_factor" : (name as GuessLimitName)];
    const blockedUntil = given.left === 0 ? new Date(now.getTime() + maxDelayMs) : null;
    await db.sql`
      insert into identity_attempts (key, failures, blocked_until, last_at)
      values (${key}, ${freeFailures - given.left}, ${blockedUntil}, ${now})
      on conflict (key) do update set failures = excluded.failures, blocked_until = excluded.blocked_until`;
  }
  return counts;
}

/** What stands in the database for each count, by its key; for a step that is open, tries and sends of its code. */
export async function readCounts(db: Database): Promise<Map<string, number>> {
  const rows = await db.sql<{ key: string; count: number }[]>`
    select key, cardinality(hits) as count from platform_rate_counts
    union all select key, failures from identity_attempts
    union all select 'tries ' || hash, attempts from identity_steps
    union all select 'sends ' || hash, sends from identity_steps`;
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/**
 * Names what counts less than before. A step that has ended is no count that fell: nothing can be tried at it any more, and how
 * many there may be is counted elsewhere.
 */
export function listFallen(
  counts: readonly Count[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): CountName[] {
  const names = new Map(counts.map(({ name, key }) => [key, name]));
  const fallen = [...before].flatMap(([key, count]): CountName[] => {
    const isOfStep = /^(tries|sends) /.test(key);
    const left = after.get(key) ?? (isOfStep ? count : 0);
    return left >= count ? [] : [names.get(key) ?? "step_code"];
  });
  return [...new Set(fallen)].sort();
}

/** Names what counts more than before. */
export function listRisen(
  counts: readonly Count[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): CountName[] {
  return counts.filter(({ key }) => (after.get(key) ?? 0) > (before.get(key) ?? 0)).map(({ name }) => name);
}
