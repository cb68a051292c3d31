import type { SealedColumn } from "./platform/reseal.ts";

/**
 * Everything in the database that is sealed under the installation's secret, in one place: what is not listed would stay
 * under an earlier secret for ever. `sealed-columns.test.ts` holds it against the schema and against the program.
 */
export const sealedColumns: readonly SealedColumn[] = [
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
  {
    table: "identity_steps",
    key: "hash",
    keyType: "text",
    purpose: "sign-in step",
    label: "sign-ups and sign-ins under way",
    ifLost: "delete",
  },
  {
    table: "identity_provider_attempts",
    key: "hash",
    keyType: "text",
    purpose: "provider attempt",
    label: "journeys to providers",
    ifLost: "delete",
  },
  {
    table: "identity_totp",
    key: "account_id",
    keyType: "uuid",
    purpose: "totp secret",
    label: "authenticator apps",
    // Whoever has the password alone is not let in for it: recovery codes and passkeys go on.
    ifLost: "blank",
  },
];

/** Columns of such names that the installation's secret has no part in. */
export const sealedOtherwise: Readonly<Record<string, string>> = {
  "identity_refresh_tokens.sealed": "a token's successor, sealed under the token itself",
};

/** What is sealed and kept by others, for how long it stays good there: nothing that could be sealed anew. */
export const sealedElsewhere: Readonly<Record<string, string>> = {
  "provider consent": "in the browser's own cookie, for a quarter of an hour",
};

/**
 * What is known by a keyed hash, by its purpose, and what a change of the secret means to it. What is looked up goes by every
 * known secret; the rest by the present one alone. None of it can be made anew: nobody knows what a hash is of.
 */
export const keyedHashes: Readonly<Record<string, { readonly isLookedUp: boolean; readonly change: string }>> = {
  "address of the security log": { isLookedUp: false, change: "an address has another hash from there on" },
  attempts: { isLookedUp: false, change: "guesses are counted anew, once" },
  device: { isLookedUp: true, change: "a browser stays known, and is signed anew when it comes back" },
  email: { isLookedUp: false, change: "nothing asks for it" },
  "kept nickname": { isLookedUp: true, change: "stays kept" },
  rate: { isLookedUp: false, change: "what is limited is counted anew, once" },
  "seal mark": { isLookedUp: true, change: "tells a node whether it may start" },
  "sign-in pass": { isLookedUp: true, change: "holds for its hour" },
};
