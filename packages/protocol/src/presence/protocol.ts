import type { FeatureProtocol } from "../feature-protocol.ts";
import { presenceCommands } from "./commands.ts";
import { presenceCommandEndpoints } from "./endpoints.ts";
import { presencePushes } from "./pushes.ts";
import { presenceNodeRateLimits } from "./rate-limits.ts";
import { presenceSyncParts } from "./sync-parts.ts";

/** What clients see of presence. */
export const presenceProtocol = {
  commands: presenceCommands,
  pushes: presencePushes,
  syncParts: presenceSyncParts,
  nodeRateLimits: presenceNodeRateLimits,
  commandEndpoints: presenceCommandEndpoints,
} as const satisfies FeatureProtocol;
