import type { FeatureConstants } from "../feature-protocol.ts";
import { identityErrors } from "./errors.ts";
import { identityHttpPaths } from "./http-paths.ts";
import { identityAccountLimits, identityLimits } from "./limits.ts";

/** What clients calculate with of identity. */
export const identityConstants = {
  accountLimits: identityAccountLimits,
  limits: identityLimits,
  errors: identityErrors,
  httpPaths: identityHttpPaths,
} as const satisfies FeatureConstants;
