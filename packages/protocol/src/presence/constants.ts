import type { FeatureConstants } from "../feature-protocol.ts";
import { presenceLimits } from "./limits.ts";

/** What clients calculate with of presence. */
export const presenceConstants = {
  limits: presenceLimits,
} as const satisfies FeatureConstants;
