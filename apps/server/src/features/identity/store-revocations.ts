import { fromUuid } from "./store-uuids.ts";

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

export async function insertRevocation(
  sql: Bun.SQL,
  revocation: Omit<RevocationRow, "serial">,
): Promise<RevocationRow> {
  const [row] = await sql<RawRevocation[]>`
    insert into identity_revocations (kind, account_id, session_id, reason)
    values (${revocation.kind}, ${revocation.accountId}, ${revocation.sessionId}, ${revocation.reason})
    returning serial, kind, account_id, session_id, reason`;
  if (!row) throw new Error("a revocation was not stored");
  return readRevocation(row);
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
