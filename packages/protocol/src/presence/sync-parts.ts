import * as z from "zod";
import { presenceSchema } from "./entities.ts";

/** Parts that presence contribute to `account.sync`. */
export const presenceSyncParts = {
  /** How others see the account itself, over all its devices. From the answer on `own_presence.changed` tells changes. */
  presence: z.object({ presence: presenceSchema.exclude(["offline"]) }),
} as const;
