import { fromUuid } from "../accounts/store-uuids.ts";

/** Why a session or an account lost its right. */
export type RevocationReason =
  | "signed_out"
  | "replaced"
  | "too_many"
  | "reused"
  | "suspended"
  | "restored"
  | "password_changed"
  | "gone";

/** A right that ended, or came back, on all nodes. */
export type RevocationRow = {
  readonly serial: string;
  readonly kind: "session" | "account" | "account_restored";
  readonly accountId: string;
  readonly sessionId: string | null;
  readonly reason: RevocationReason;
};

type RawRevocation = {
  serial: string;
  kind: RevocationRow["kind"];
  account_id: string;
  session_id: string | null;
  reason: RevocationReason;
};

function readRevocation(raw: RawRevocation): RevocationRow {
  return {
    serial: String(raw.serial),
    kind: raw.kind,
    accountId: fromUuid(raw.account_id),
    sessionId: raw.session_id === null ? null : fromUuid(raw.session_id),
    reason: raw.reason,
  };
}

/**
 * Stores that a right ended; null when the account is closed, whose rights have all ended with it: nothing takes such a
 * row away after the erasure.
 */
export async function insertRevocation(
  sql: Bun.SQL,
  revocation: Omit<RevocationRow, "serial">,
): Promise<RevocationRow | null> {
  const [row] = await sql<RawRevocation[]>`
    insert into identity_revocations (kind, account_id, session_id, reason)
    select ${revocation.kind}::text, a.id, ${revocation.sessionId}::uuid, ${revocation.reason}::text
    from living_accounts(array[${revocation.accountId}::uuid]) as a (id)
    returning serial, kind, account_id, session_id, reason`;
  return row ? readRevocation(row) : null;
}

/** Lists what was revoked in the last `windowMs` by the database's clock, in the order of its numbers. */
export async function listRecentRevocations(sql: Bun.SQL, windowMs: number): Promise<RevocationRow[]> {
  const rows = await sql<RawRevocation[]>`
    select serial, kind, account_id, session_id, reason from identity_revocations
    where at > clock_timestamp() - ${windowMs}::float8 * interval '1 millisecond'
    order by serial`;
  return rows.map(readRevocation);
}

export async function deleteOldRevocations(sql: Bun.SQL): Promise<void> {
  await sql`delete from identity_revocations where at < clock_timestamp() - interval '1 day'`;
}
