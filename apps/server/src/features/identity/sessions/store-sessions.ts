import type { AuthEpoch, LockedAccount } from "../accounts/locked-account.ts";
import { fromUuid } from "../accounts/store-uuids.ts";
import type { FamilyToken } from "./refresh-plan.ts";

export type AuthSessionRow = {
  readonly id: string;
  readonly accountId: string;
  readonly deviceName: string;
  readonly generation: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly revokedAt: Date | null;
};

/** A refresh token as stored: never the token itself. */
export type StoredToken = FamilyToken & { readonly sealed: string | null };

type RawSession = {
  id: string;
  account_id: string;
  device_name: string;
  generation: number;
  created_at: Date;
  last_used_at: Date;
  revoked_at: Date | null;
};

function readSession(raw: RawSession): AuthSessionRow {
  return {
    id: fromUuid(raw.id),
    accountId: fromUuid(raw.account_id),
    deviceName: raw.device_name,
    generation: raw.generation,
    createdAt: raw.created_at,
    lastUsedAt: raw.last_used_at,
    revokedAt: raw.revoked_at,
  };
}

export async function insertSession(
  sql: Bun.SQL,
  { accountId, authEpoch }: LockedAccount,
  session: { id: string; deviceName: string; at: Date },
): Promise<void> {
  await sql`
    insert into identity_auth_sessions (id, account_id, auth_epoch, device_name, created_at, last_used_at)
    values (${session.id}, ${accountId}, ${authEpoch}, ${session.deviceName}, ${session.at}, ${session.at})`;
}

/** Lists sessions that can still be refreshed, the most recently used first. */
export async function listLiveSessions(
  sql: Bun.SQL,
  accountId: string,
  after: { readonly usedAt: Date; readonly openedAt: Date },
): Promise<AuthSessionRow[]> {
  const rows = await sql<RawSession[]>`
    select id, account_id, device_name, generation, created_at, last_used_at, revoked_at
    from identity_auth_sessions
    where account_id = ${accountId} and revoked_at is null
      and last_used_at > ${after.usedAt} and created_at > ${after.openedAt}
    order by last_used_at desc, id desc`;
  return rows.map(readSession);
}

/** When a session was opened, and the epoch of its account then, or since its own last change of the ways in. */
export async function findSessionStart(
  sql: Bun.SQL,
  sessionId: string,
): Promise<{ createdAt: Date; authEpoch: AuthEpoch | null } | null> {
  const [row] = await sql<{ created_at: Date; auth_epoch: AuthEpoch | null }[]>`
    select created_at, auth_epoch::text as auth_epoch from identity_auth_sessions where id = ${sessionId}`;
  return row ? { createdAt: row.created_at, authEpoch: row.auth_epoch } : null;
}

/** Finds the session that a token belongs to and locks it: refreshes of one session happen one after the other. */
export async function lockSessionOfToken(sql: Bun.SQL, hash: string): Promise<AuthSessionRow | null> {
  const [row] = await sql<RawSession[]>`
    select id, account_id, device_name, generation, created_at, last_used_at, revoked_at
    from identity_auth_sessions
    where id = (select session_id from identity_refresh_tokens where hash = ${hash})
    for update`;
  return row ? readSession(row) : null;
}

/** Ends sessions of one account: those given, or all. Returns which were alive until now. */
export async function revokeSessions(
  sql: Bun.SQL,
  accountId: string,
  sessionIds: readonly string[] | "all",
  at: Date,
): Promise<string[]> {
  const ended: string[] = [];
  const rows =
    sessionIds === "all"
      ? await sql<{ id: string }[]>`
          select id from identity_auth_sessions
          where account_id = ${accountId} and revoked_at is null order by id for update`
      : sessionIds.map((id) => ({ id }));
  for (const { id } of rows) {
    const done = await sql`
      update identity_auth_sessions set revoked_at = ${at}
      where id = ${id} and account_id = ${accountId} and revoked_at is null returning id`;
    if (done.length > 0) ended.push(fromUuid(id));
    await sql`update identity_refresh_tokens set sealed = null where session_id = ${id} and sealed is not null`;
  }
  return ended;
}

export async function touchSession(
  sql: Bun.SQL,
  sessionId: string,
  use: { generation: number; at: Date },
): Promise<void> {
  await sql`
    update identity_auth_sessions
    set generation = ${use.generation}, last_used_at = greatest(last_used_at, ${use.at}::timestamptz)
    where id = ${sessionId}`;
}

/** Reads a session's living tokens and the one of a hash. Call with the session locked. */
export async function listFamily(sql: Bun.SQL, sessionId: string, hash: string): Promise<StoredToken[]> {
  const rows = await sql<
    {
      hash: string;
      state: StoredToken["state"];
      sealed: string | null;
      handed_at: Date;
      repeated_at: Date | null;
      retired_at: Date | null;
    }[]
  >`
    select hash, state, sealed, handed_at, repeated_at, retired_at from identity_refresh_tokens
    where session_id = ${sessionId} and (state <> 'spent' or hash = ${hash})`;
  return rows.map((row) => ({
    hash: row.hash,
    state: row.state,
    sealed: row.sealed,
    handedAt: row.handed_at.getTime(),
    repeatedAt: row.repeated_at?.getTime() ?? null,
    retiredAt: row.retired_at?.getTime() ?? null,
  }));
}

export async function insertToken(
  sql: Bun.SQL,
  token: { hash: string; sessionId: string; generation: number; sealed: string | null; at: Date },
): Promise<void> {
  await sql`
    insert into identity_refresh_tokens (hash, session_id, generation, state, sealed, handed_at)
    values (${token.hash}, ${token.sessionId}, ${token.generation}, 'fresh', ${token.sealed}, ${token.at})`;
}

export async function markRepeated(sql: Bun.SQL, hash: string, at: Date): Promise<void> {
  await sql`update identity_refresh_tokens set repeated_at = ${at} where hash = ${hash}`;
}

export async function makeTokenCurrent(sql: Bun.SQL, hash: string): Promise<void> {
  await sql`update identity_refresh_tokens set state = 'current', sealed = null where hash = ${hash}`;
}

export async function retireToken(sql: Bun.SQL, hash: string, at: Date): Promise<void> {
  await sql`
    update identity_refresh_tokens set state = 'spent', sealed = null, retired_at = ${at} where hash = ${hash}`;
}

/** Forgets tokens of long ago: presented again, they are refused like any unknown token. */
export async function deleteOldTokens(sql: Bun.SQL, sessionId: string, beforeGeneration: number): Promise<void> {
  await sql`
    delete from identity_refresh_tokens
    where session_id = ${sessionId} and generation < ${beforeGeneration} and state = 'spent'`;
}

/** Deletes sessions that ended or were left unused long ago, with their tokens. */
export async function deleteDeadSessions(sql: Bun.SQL, before: { usedAt: Date; revokedAt: Date }): Promise<void> {
  await sql`
    delete from identity_auth_sessions where last_used_at < ${before.usedAt} or revoked_at < ${before.revokedAt}`;
}
