import { features } from "./app.ts";
import type { SecretUse } from "./feature-contract/secret-use.ts";

/** What the platform itself seals and hashes. */
const platform: SecretUse = {
  columns: [
    {
      table: "platform_jobs",
      column: "payload",
      rows: "kind = 'mail.send'",
      held: "holder is not null and due_at > now()",
      key: "id",
      keyType: "uuid",
      purpose: "mail",
      label: "waiting mails",
      ifLost: "delete",
    },
  ],
  keyedHashes: { rate: { isLookedUp: false, change: "what is limited is counted anew, once" } },
};

const uses = [platform, ...features.all.flatMap(({ secrets }) => secrets ?? [])];

/**
 * Everything in the database that is sealed under the installation's secret: what the platform and the features name. What
 * nobody names would stay under an earlier secret for ever.
 */
export const sealedColumns = uses.flatMap(({ columns = [] }) => columns);

export const sealedOtherwise = mergeOnce(uses.map((use) => use.sealedOtherwise));
export const sealedElsewhere = mergeOnce(uses.map((use) => use.sealedElsewhere));
export const keyedHashes = mergeOnce(uses.map((use) => use.keyedHashes));

/** Merges what several name; a purpose belongs to one of them. */
function mergeOnce<T>(records: readonly (Readonly<Record<string, T>> | undefined)[]): Readonly<Record<string, T>> {
  const merged: Record<string, T> = {};
  for (const record of records) {
    for (const [name, entry] of Object.entries(record ?? {})) {
      if (Object.hasOwn(merged, name)) throw new Error(`Two features name ${name}.`);
      merged[name] = entry;
    }
  }
  return merged;
}
