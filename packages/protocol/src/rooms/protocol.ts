import type { FeatureProtocol } from "../feature-protocol.ts";
import { roomsCommands } from "./commands.ts";
import { roomsCommandEndpoints, roomsHttpEndpoints } from "./endpoints.ts";
import { roomsPushes } from "./pushes.ts";
import { roomsNodeRateLimits, roomsSharedRateLimits } from "./rate-limits.ts";
import { roomsSyncParts } from "./sync-parts.ts";

/** What clients see of rooms. */
export const roomsProtocol = {
  commands: roomsCommands,
  pushes: roomsPushes,
  syncParts: roomsSyncParts,
  nodeRateLimits: roomsNodeRateLimits,
  sharedRateLimits: roomsSharedRateLimits,
  commandEndpoints: roomsCommandEndpoints,
  httpEndpoints: roomsHttpEndpoints,
} as const satisfies FeatureProtocol;
