import type { MessageExtra } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import { toHex } from "../store-uuids.ts";

export type Send = {
  readonly roomId: string;
  readonly accountId: string;
  readonly clientMessageId: string;
  readonly text: string;
  readonly extra?: MessageExtra | null;
};

export type AppendOutcome = "new" | "old" | "again" | "missing" | "closed" | "denied" | "no_message";

/** What became of one send; the numbers are null unless the outcome is `new` or `old`. */
export type AppendRow = {
  readonly outcome: AppendOutcome;
  readonly seq: number | null;
  readonly ord: number | null;
  readonly rev: number | null;
  readonly memberId: string;
  readonly roomEpoch: number;
  /** True when somebody may have put the room away and is to see it again. */
  readonly hasHidden: boolean;
  /** When the batch was written, in epoch ms by the database's clock. */
  readonly sentMs: number;
  /** The account that is paused in the room and does not see this, or "". */
  readonly pausedId: string;
};

type RawAppend = {
  outcome: AppendOutcome;
  seq: number | null;
  ord: number | null;
  rev: number | null;
  member_id: string | null;
  room_epoch: number | null;
  has_hidden: boolean | null;
  sent_ms: number;
  paused_account_id: string | null;
};

/** Appends a batch and tells what became of each send, in input order. Autocommit: when it returns, all is stored. */
export async function appendBatch(sql: Sql, sends: readonly Send[]): Promise<AppendRow[]> {
  const rooms = new Array<string>(sends.length);
  const accounts = new Array<string>(sends.length);
  const keys = new Array<string>(sends.length);
  const texts = new Array<string>(sends.length);
  // Empty where all are text alone: what is missing is null.
  const extras: (string | null)[] = [];
  for (let i = 0; i < sends.length; i++) {
    const send = sends[i] as Send;
    rooms[i] = send.roomId;
    accounts[i] = send.accountId;
    keys[i] = send.clientMessageId;
    texts[i] = send.text;
    if (send.extra) {
      while (extras.length < i) extras.push(null);
      extras.push(JSON.stringify(send.extra));
    }
  }
  const rows = await sql<RawAppend[]>`
    select * from rooms_append(${sql.array(rooms, "UUID")}, ${sql.array(accounts, "UUID")}, ${sql.array(keys, "TEXT")},
      ${sql.array(texts, "TEXT")}, ${sql.array(extras, "TEXT")}::text[]::jsonb[])`;
  return rows.map((row) => ({
    outcome: row.outcome,
    seq: row.seq,
    ord: row.ord,
    rev: row.rev,
    memberId: row.member_id === null ? "" : toHex(row.member_id),
    roomEpoch: row.room_epoch ?? 0,
    hasHidden: row.has_hidden ?? false,
    sentMs: row.sent_ms,
    pausedId: row.paused_account_id === null ? "" : toHex(row.paused_account_id),
  }));
}
