import type { MessageExtra } from "@maru/protocol";
import type { Sql } from "./ports.ts";
import { toHex } from "./store-uuids.ts";

export type SystemNote = { readonly event: SystemEvent; readonly memberId?: string };
export type SystemEvent = "room.created" | "match.started" | "member.joined" | "member.left" | "room.closed";

export type MessageRow = {
  readonly seq: number;
  readonly ord: number;
  readonly rev: number;
  readonly kind: "text" | "system";
  readonly authorId: string | null;
  readonly clientMessageId: string | null;
  readonly text: string | null;
  readonly system: SystemNote | null;
  /** What it carries beside its text, as stored; null for text alone. */
  readonly extra: MessageExtra | null;
  readonly sentAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  /** Null, or the member to whom it is not told because they were paused. */
  readonly hiddenFrom: HiddenFrom | null;
};

/** A member who was paused; `kept` is what they go on reading where only an edit fell into the pause. */
export type HiddenFrom = {
  readonly memberId: string;
  readonly accountId: string;
  readonly kept: { readonly text: string; readonly editedAt: Date | null } | null;
};

export type RawMessage = {
  seq: number;
  ord: number;
  rev: number;
  kind: "text" | "system";
  author_id: string | null;
  client_message_id: string | null;
  text: string | null;
  system: SystemNote | null;
  extra: MessageExtra | null;
  sent_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  hidden_from: string | null;
  hidden_account_id?: string | null;
  kept_text: string | null;
  kept_edited_at: Date | null;
};

/** The columns of a message that are read, and their types: what every statement selects, and {@link readMessage} reads. */
const columns = {
  seq: "int",
  ord: "int",
  rev: "int",
  kind: "text",
  author_id: "uuid",
  client_message_id: "text",
  text: "text",
  system: "jsonb",
  extra: "jsonb",
  sent_at: "timestamptz",
  edited_at: "timestamptz",
  deleted_at: "timestamptz",
  hidden_from: "uuid",
  kept_text: "text",
  kept_edited_at: "timestamptz",
} as const satisfies { readonly [K in Exclude<keyof RawMessage, "hidden_account_id">]: string };
const names = Object.keys(columns);

/** Selects a message from a table, or from a value of its type: `g`, `(a.message)`. */
export function selectMessage(sql: Sql, from: string) {
  return sql.unsafe(names.map((name) => `${from}.${name}`).join(", "));
}

/** Selects a message and the account of the member whom it is kept from. */
export function selectMessageToPublish(sql: Sql, from: string) {
  const account = `(select h.account_id from rooms_members h where h.id = ${from}.hidden_from) as hidden_account_id`;
  return sql.unsafe(`${names.map((name) => `${from}.${name}`).join(", ")}, ${account}`);
}

/** Selects no message, where another branch of a union selects one. */
export function selectNoMessage(sql: Sql) {
  const nothing = Object.entries(columns).map(([name, type]) => `null::${type} as ${name}`);
  return sql.unsafe(`${nothing.join(", ")}, null::uuid as hidden_account_id`);
}

export function readMessage(raw: RawMessage): MessageRow {
  return {
    seq: raw.seq,
    ord: raw.ord,
    rev: raw.rev,
    kind: raw.kind,
    authorId: raw.author_id === null ? null : toHex(raw.author_id),
    clientMessageId: raw.client_message_id,
    text: raw.text,
    system: raw.system,
    extra: raw.extra,
    sentAt: raw.sent_at,
    editedAt: raw.edited_at,
    deletedAt: raw.deleted_at,
    hiddenFrom: readHiddenFrom(raw),
  };
}

function readHiddenFrom(raw: RawMessage): HiddenFrom | null {
  if (raw.hidden_from === null) return null;
  return {
    memberId: toHex(raw.hidden_from),
    accountId: toHex(raw.hidden_account_id ?? ""),
    kept: raw.kept_text === null ? null : { text: raw.kept_text, editedAt: raw.kept_edited_at },
  };
}

/** A message as a member reads it; null where it was said while they were paused. */
export function seenBy(row: MessageRow, memberId: string): MessageRow | null {
  if (row.hiddenFrom?.memberId !== memberId) return row;
  const { kept } = row.hiddenFrom;
  return kept && { ...row, text: kept.text, editedAt: kept.editedAt };
}
