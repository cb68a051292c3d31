import { memberPresenceSchema } from "./entities.ts";
import { presenceSyncParts as syncParts } from "./sync-parts.ts";

/** Pushes of presence. */
export const presencePushes = {
  /** To those who watch presence in the room. */
  "presence.changed": memberPresenceSchema,
  /** To all devices of one account, once one of them asked for the part `presence`: how others see the account now. */
  "own_presence.changed": syncParts.presence,
} as const;
