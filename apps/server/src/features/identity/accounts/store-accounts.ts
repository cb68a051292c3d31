import type { Locale } from "@maru/protocol";
import type { AuthEpoch, ChangingAccount, OperatedAccount } from "./locked-account.ts";
import type { NicknameKeys } from "./nicknames.ts";
import { dropLooks, giveUpOtherLooks, isLookTaken, takeLooks } from "./store-nicknames.ts";
import { fromUuid, toUuidArray } from "./store-uuids.ts";

export type AccountState = "active" | "suspended" | "gone";

export type AccountKind = "person" | "business" | "operator";

export type AccountRow = {
  readonly id: string;
  readonly kind: AccountKind;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  readonly nickname: string;
  readonly intro: string;
  readonly locale: Locale;
  readonly state: AccountState;
  readonly avatarSeed: string;
  readonly createdAt: Date;
};

export type NewAccount = NicknameKeys & {
  readonly id: string;
  readonly email: string | null;
  readonly emailKey: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly passwordHash: string | null;
  readonly locale: Locale;
  readonly avatarSeed: string;
  readonly createdAt: Date;
};

export type ConsentKind = "age" | "terms" | "privacy" | "marketing";

type RawAccount = {
  id: string;
  kind: AccountKind;
  email: string | null;
  email_verified_at: Date | null;
  nickname: string;
  intro: string;
  locale: Locale;
  state: AccountState;
  avatar_seed: string;
  created_at: Date;
};

function readAccount(raw: RawAccount): AccountRow {
  return {
    id: fromUuid(raw.id),
    kind: raw.kind,
    email: raw.email ?? "",
    emailVerifiedAt: raw.email_verified_at,
    nickname: raw.nickname,
    intro: raw.intro,
    locale: raw.locale,
    state: raw.state,
    avatarSeed: raw.avatar_seed,
    createdAt: raw.created_at,
  };
}

/**
 * Stores an account unless its e-mail or nickname is taken, or looks like one that is: then null, else the epoch that it
 * begins with. Runs in a transaction: the looks of the nickname are held before the account is there.
 */
export async function insertAccount(tx: Bun.SQL, account: NewAccount): Promise<AuthEpoch | null> {
  const isFree = await takeLooks(tx, account.id, { looks: account.looks, now: account.createdAt });
  const [row] = isFree
    ? await tx<{ auth_epoch: AuthEpoch }[]>`
        insert into identity_accounts (id, email, email_key, email_verified_at, nickname, nickname_key, looks_of,
          password_hash, locale, avatar_seed, created_at)
        values (${account.id}, ${account.email}, ${account.emailKey}, ${account.emailVerifiedAt}, ${account.nickname},
          ${account.nicknameKey}, ${account.nickname}, ${account.passwordHash}, ${account.locale}, ${account.avatarSeed},
          ${account.createdAt})
        on conflict do nothing
        returning auth_epoch::text as auth_epoch`
    : [];
  // So that whoever asks what is taken does not meet this account's own.
  if (row === undefined) await dropLooks(tx, account.id);
  return row?.auth_epoch ?? null;
}

export async function insertConsent(
  sql: Bun.SQL,
  consent: { accountId: string; kind: ConsentKind; version: string; givenAt: Date },
): Promise<void> {
  await sql`
    insert into identity_consents (account_id, kind, version, given_at)
    values (${consent.accountId}, ${consent.kind}, ${consent.version}, ${consent.givenAt})`;
}

/**
 * Whether an e-mail and a nickname belong to an account already, or the nickname looks like one that does or did a
 * short while ago. What belongs to the requester is free for them.
 */
export async function findTakenKeys(
  sql: Bun.SQL,
  keys: { emailKey: string | null } & Omit<NicknameKeys, "nickname">,
  { now, requesterId = null }: { now: Date; requesterId?: string | null },
): Promise<{ email: boolean; nickname: boolean }> {
  const [row] = await sql<{ email: boolean; nickname: boolean }[]>`
    select exists (select from identity_accounts where email_key = ${keys.emailKey}) as email,
      exists (select from identity_accounts where nickname_key = ${keys.nicknameKey}
        and id is distinct from ${requesterId}::text::uuid) as nickname`;
  const isTaken = row?.nickname === true || (await isLookTaken(sql, { looks: keys.looks, now, requesterId }));
  return { email: row?.email === true, nickname: isTaken };
}

export async function findAccount(sql: Bun.SQL, accountId: string): Promise<AccountRow | null> {
  const [row] = await sql<RawAccount[]>`
    select id, kind, email, email_verified_at, nickname, intro, locale, state, avatar_seed, created_at
    from identity_accounts where id = ${accountId}`;
  return row ? readAccount(row) : null;
}

export async function findCredentials(
  sql: Bun.SQL,
  emailKey: string,
): Promise<{ accountId: string; passwordHash: string | null; authEpoch: AuthEpoch } | null> {
  const [row] = await sql<{ id: string; password_hash: string | null; auth_epoch: AuthEpoch }[]>`
    select id, password_hash, auth_epoch::text as auth_epoch from identity_accounts
    where email_key = ${emailKey} and state <> 'gone'`;
  return row ? { accountId: fromUuid(row.id), passwordHash: row.password_hash, authEpoch: row.auth_epoch } : null;
}

/** Whose e-mail this is, and whether they showed that it is theirs. */
export async function findEmailOwner(
  sql: Bun.SQL,
  emailKey: string,
): Promise<{ accountId: string; isEmailVerified: boolean; authEpoch: AuthEpoch } | null> {
  const [row] = await sql<{ id: string; is_verified: boolean; auth_epoch: AuthEpoch }[]>`
    select id, email_verified_at is not null as is_verified, auth_epoch::text as auth_epoch from identity_accounts
    where email_key = ${emailKey} and state <> 'gone'`;
  return row ? { accountId: fromUuid(row.id), isEmailVerified: row.is_verified, authEpoch: row.auth_epoch } : null;
}

/** The hash of an account's password, if it has one, and the epoch in which it is right. */
export async function findPassword(
  sql: Bun.SQL,
  accountId: string,
): Promise<{ hash: string | null; authEpoch: AuthEpoch } | null> {
  const [row] = await sql<{ password_hash: string | null; auth_epoch: AuthEpoch }[]>`
    select password_hash, auth_epoch::text as auth_epoch from identity_accounts where id = ${accountId}`;
  return row ? { hash: row.password_hash, authEpoch: row.auth_epoch } : null;
}

/** Sets a password, or takes it away. */
export async function updatePasswordHash(
  sql: Bun.SQL,
  { accountId }: ChangingAccount,
  hash: string | null,
): Promise<void> {
  await sql`update identity_accounts set password_hash = ${hash} where id = ${accountId}`;
}

/** Notes that an account's e-mail is read by its owner; says whether that is news. */
export async function markEmailVerified(sql: Bun.SQL, accountId: string, at: Date): Promise<boolean> {
  const rows = await sql`
    update identity_accounts set email_verified_at = ${at}
    where id = ${accountId} and email is not null and email_verified_at is null returning 1 as is_news`;
  return rows.length > 0;
}

export async function findAccountState(sql: Bun.SQL, accountId: string): Promise<AccountState | null> {
  const [row] = await sql<{ state: AccountState }[]>`select state from identity_accounts where id = ${accountId}`;
  return row?.state ?? null;
}

/** What an account is and whether it may act. */
export type AccountStanding = { readonly state: AccountState; readonly kind: AccountKind };

export async function findAccountStanding(sql: Bun.SQL, accountId: string): Promise<AccountStanding | null> {
  const [row] = await sql<AccountStanding[]>`select state, kind from identity_accounts where id = ${accountId}`;
  return row ?? null;
}

export async function markSuspended(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`update identity_accounts set state = 'suspended' where id = ${accountId}`;
}

export async function markActive(sql: Bun.SQL, { accountId }: OperatedAccount): Promise<void> {
  await sql`update identity_accounts set state = 'active' where id = ${accountId}`;
}

export async function makeOperator(sql: Bun.SQL, { accountId }: ChangingAccount): Promise<void> {
  await sql`update identity_accounts set kind = 'operator' where id = ${accountId}`;
}

/**
 * Changes what is given; null leaves a column as it is. A nickname that is changed stays the account's own for a while.
 * False when the nickname belongs to somebody else or looks like theirs, and when the account has just left: the caller's
 * transaction is to be given up then.
 */
export async function updateProfile(
  tx: Bun.SQL,
  accountId: string,
  change: { name: NicknameKeys | null; intro: string | null; locale: Locale | null },
  keeping: { now: Date; freeAt: Date; timesKept: number },
): Promise<boolean> {
  const { name } = change;
  if (name && !(await takeLooks(tx, accountId, { looks: name.looks, now: keeping.now }))) return false;
  try {
    const rows = await tx`
      update identity_accounts set
        nickname = coalesce(${name?.nickname ?? null}::text, nickname),
        nickname_key = coalesce(${name?.nicknameKey ?? null}::text, nickname_key),
        looks_of = coalesce(${name?.nickname ?? null}::text, looks_of),
        is_nickname_disputed = is_nickname_disputed and ${name === null},
        intro = coalesce(${change.intro}::text, intro),
        locale = coalesce(${change.locale}::text, locale)
      where id = ${accountId} and state <> 'gone'
      returning 1 as is_changed`;
    if (name) await giveUpOtherLooks(tx, accountId, { looks: name.looks, ...keeping });
    return rows.length > 0;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Whether Postgres refused a row because another one has its key (23505). */
function isUniqueViolation(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("errno" in cause && cause.errno === "23505") return true;
  }
  return false;
}

export async function listProfiles(
  sql: Bun.SQL,
  accountIds: readonly string[],
): Promise<{ accountId: string; nickname: string; avatarSeed: string }[]> {
  const rows = await sql<{ id: string; nickname: string; avatar_seed: string }[]>`
    select id, nickname, avatar_seed from identity_accounts
    where id = any(${toUuidArray(accountIds)}::text::uuid[]) and state <> 'gone'`;
  return rows.map((row) => ({ accountId: fromUuid(row.id), nickname: row.nickname, avatarSeed: row.avatar_seed }));
}

export async function findAccountIdByNicknameKey(sql: Bun.SQL, nicknameKey: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from identity_accounts where nickname_key = ${nicknameKey} and state = 'active'`;
  return row ? fromUuid(row.id) : null;
}

/** Takes the next number of each account's own log. Locks in order of id first: an update alone locks in any order. */
export async function takeRevs(
  sql: Bun.SQL,
  accountIds: readonly string[],
): Promise<{ accountId: string; rev: number }[]> {
  const ids = toUuidArray(accountIds);
  await sql`select from identity_accounts where id = any(${ids}::text::uuid[]) order by id for no key update`;
  const rows = await sql<{ id: string; rev: number }[]>`
    update identity_accounts set rev = rev + 1 where id = any(${ids}::text::uuid[]) returning id, rev`;
  return rows.map((row) => ({ accountId: fromUuid(row.id), rev: row.rev }));
}

/** Returns where each account's own log stands. */
export async function listRevs(
  sql: Bun.SQL,
  accountIds: readonly string[],
): Promise<{ accountId: string; rev: number }[]> {
  const rows = await sql<{ id: string; rev: number }[]>`
    select id, rev from identity_accounts where id = any(${toUuidArray(accountIds)}::text::uuid[])`;
  return rows.map((row) => ({ accountId: fromUuid(row.id), rev: row.rev }));
}

/** Returns which of these accounts are there to be written about, and keeps them from being closed until the transaction ends. */
export async function lockLiving(tx: Bun.SQL, accountIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    select id from living_accounts(${toUuidArray(accountIds)}::text::uuid[]) as a (id)`;
  return new Set(rows.map(({ id }) => fromUuid(id)));
}
