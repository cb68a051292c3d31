import type { FeatureProtocol } from "../feature-protocol.ts";
import { identityHttpEndpoints } from "./endpoints.ts";
import { identityHttpAnswers } from "./http-answers.ts";
import { identityGuessLimits, identityNodeRateLimits, identitySharedRateLimits } from "./rate-limits.ts";

/** What clients see of identity. */
export const identityProtocol = {
  nodeRateLimits: identityNodeRateLimits,
  sharedRateLimits: identitySharedRateLimits,
  guessLimits: identityGuessLimits,
  httpAnswers: identityHttpAnswers,
  httpEndpoints: identityHttpEndpoints,
} as const satisfies FeatureProtocol;
