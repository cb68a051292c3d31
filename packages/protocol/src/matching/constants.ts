import type { FeatureConstants } from "../feature-protocol.ts";
import { matchingErrors } from "./errors.ts";
import { matchingLimits } from "./limits.ts";

/** What clients calculate with of matching. */
export const matchingConstants = {
  limits: matchingLimits,
  errors: matchingErrors,
} as const satisfies FeatureConstants;
