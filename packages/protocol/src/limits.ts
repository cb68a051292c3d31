import { baseLimits } from "./base-limits.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureConstants } from "./features.ts";

/**
 * Limits that belong to an account, as everybody has them; a plan may give an account others. The server reads them by
 * `limitsOf`, the SDK as `client.limits`; nobody else reads this table (check `account-limits`).
 */
export const usualAccountLimits = mergeParts(featureConstants, "accountLimits");

/**
 * Limits that are the same for everybody: of the protocol, of one connection, of a node. A new limit stands here or in
 * {@link usualAccountLimits}. The `connect` reply tells those of both that a client plans with.
 */
export const limits = { ...baseLimits, ...mergeParts(featureConstants, "limits") };

export type AccountLimits = { readonly [K in keyof typeof usualAccountLimits]: number };
export type Limits = { readonly [K in keyof typeof limits]: number };
