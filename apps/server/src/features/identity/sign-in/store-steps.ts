import type { AuthEpoch } from "../accounts/locked-account.ts";
import { fromUuid } from "../accounts/store-uuids.ts";

/** Steps of an account; each is a flow of its own. */
export type AccountStepKind = "second_factor" | "enroll";

export type StepKind = "code" | AccountStepKind;

export type StepRow = {
  readonly hash: string;
  readonly kind: StepKind;
  readonly accountId: string | null;
  /** The account's when the step began. */
  readonly authEpoch: AuthEpoch | null;
  readonly sealed: string;
  readonly attempts: number;
  readonly sentAt: Date | null;
  readonly sends: number;
  readonly expiresAt: Date;
};

type RawStep = {
  hash: string;
  kind: StepKind;
  account_id: string | null;
  auth_epoch: AuthEpoch | null;
  sealed: string;
  attempts: number;
  sent_at: Date | null;
  sends: number;
  expires_at: Date;
};

function readStep(raw: RawStep): StepRow {
  return {
    hash: raw.hash,
    kind: raw.kind,
    accountId: raw.account_id === null ? null : fromUuid(raw.account_id),
    authEpoch: raw.auth_epoch,
    sealed: raw.sealed,
    attempts: raw.attempts,
    sentAt: raw.sent_at,
    sends: raw.sends,
    expiresAt: raw.expires_at,
  };
}

/** Keeps a step; that of an account which is closed meanwhile is not kept, and leads nowhere. */
export async function insertStep(
  sql: Bun.SQL,
  step: {
    hash: string;
    kind: StepKind;
    accountId: string | null;
    authEpoch: AuthEpoch | null;
    emailKeyHash: string | null;
    sealed: string;
    sentAt: Date | null;
    at: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await sql`
    insert into identity_steps
      (hash, kind, account_id, auth_epoch, email_key_hash, sealed, sent_at, sends, created_at, expires_at)
    select ${step.hash}::text, ${step.kind}::text, ${step.accountId}::uuid, ${step.authEpoch}::bigint,
      ${step.emailKeyHash}::text, ${step.sealed}::text, ${step.sentAt}::timestamptz, ${step.sentAt ? 1 : 0}::int,
      ${step.at}::timestamptz, ${step.expiresAt}::timestamptz
    where ${step.accountId}::uuid is null or exists (select from living_accounts(array[${step.accountId}::uuid]))`;
}

/** Finds a step that is not over; `isOutdated` when the ways into its account have changed since. */
export async function findStep(
  sql: Bun.SQL,
  hash: string,
  now: Date,
): Promise<(StepRow & { readonly isOutdated: boolean }) | null> {
  const [row] = await sql<(RawStep & { is_outdated: boolean })[]>`
    select s.hash, s.kind, s.account_id, s.auth_epoch::text as auth_epoch, s.sealed, s.attempts, s.sent_at, s.sends,
      s.expires_at, s.auth_epoch is distinct from a.auth_epoch as is_outdated
    from identity_steps s left join identity_accounts a on a.id = s.account_id
    where s.hash = ${hash} and s.expires_at > ${now}`;
  return row ? { ...readStep(row), isOutdated: row.is_outdated } : null;
}

/** The same, locked: guesses at one step come one after the other. */
export async function lockStep(sql: Bun.SQL, hash: string, now: Date): Promise<StepRow | null> {
  const [row] = await sql<RawStep[]>`
    select hash, kind, account_id, auth_epoch::text as auth_epoch, sealed, attempts, sent_at, sends, expires_at
    from identity_steps where hash = ${hash} and expires_at > ${now} for update`;
  return row ? readStep(row) : null;
}

/** Counts a wrong answer, and keeps what the step holds from now on. */
export async function countStepAttempt(sql: Bun.SQL, hash: string, sealed: string): Promise<void> {
  await sql`update identity_steps set attempts = attempts + 1, sealed = ${sealed} where hash = ${hash}`;
}

export async function updateStep(sql: Bun.SQL, hash: string, change: { sealed: string; sentAt: Date }): Promise<void> {
  await sql`
    update identity_steps set sealed = ${change.sealed}, sent_at = ${change.sentAt}, sends = sends + 1
    where hash = ${hash}`;
}

export async function deleteStep(sql: Bun.SQL, hash: string): Promise<void> {
  await sql`delete from identity_steps where hash = ${hash}`;
}

export async function deleteOldSteps(sql: Bun.SQL, endedBefore: Date): Promise<void> {
  await sql`delete from identity_steps where expires_at < ${endedBefore}`;
}
