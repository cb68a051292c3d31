import type { FeatureConstants } from "../feature-protocol.ts";
import { roomsErrors } from "./errors.ts";
import { roomsHttpPaths } from "./http-paths.ts";
import { roomsAccountLimits, roomsLimits } from "./limits.ts";

/** What clients calculate with of rooms. */
export const roomsConstants = {
  accountLimits: roomsAccountLimits,
  limits: roomsLimits,
  errors: roomsErrors,
  httpPaths: roomsHttpPaths,
} as const satisfies FeatureConstants;
