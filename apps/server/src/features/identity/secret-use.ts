import type { SecretUse } from "../../feature-contract/secret-use.ts";

/** What identity seals under the installation's secret, and knows by hashes that are keyed with it. */
export const secretUse: SecretUse = {
  columns: [
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
      label: "OAuth flows",
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
  ],
  sealedOtherwise: {
    "identity_refresh_tokens.sealed": "a token's successor, sealed under the token itself",
  },
  sealedElsewhere: {
    "provider consent": "in the browser's own cookie, for a quarter of an hour",
  },
  keyedHashes: {
    "address of the security log": { isLookedUp: false, change: "an address has another hash from there on" },
    attempts: { isLookedUp: false, change: "guesses are counted anew, once" },
    device: { isLookedUp: true, change: "a browser stays known, and is signed anew when it comes back" },
    email: { isLookedUp: false, change: "nothing asks for it" },
    "kept nickname": { isLookedUp: true, change: "stays kept" },
    "seal mark": { isLookedUp: true, change: "tells a node whether it may start" },
    "sign-in pass": { isLookedUp: true, change: "holds for its hour" },
  },
};
