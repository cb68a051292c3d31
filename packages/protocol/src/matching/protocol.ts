import type { FeatureProtocol } from "../feature-protocol.ts";
import { matchingCommands } from "./commands.ts";
import { matchingCommandEndpoints } from "./endpoints.ts";
import { matchingPushes } from "./pushes.ts";
import { matchingNodeRateLimits, matchingSharedRateLimits } from "./rate-limits.ts";
import { matchingSyncParts } from "./sync-parts.ts";

/** What clients see of matching. */
export const matchingProtocol = {
  commands: matchingCommands,
  pushes: matchingPushes,
  syncParts: matchingSyncParts,
  nodeRateLimits: matchingNodeRateLimits,
  sharedRateLimits: matchingSharedRateLimits,
  commandEndpoints: matchingCommandEndpoints,
} as const satisfies FeatureProtocol;
