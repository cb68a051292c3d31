import * as z from "zod";
import { roomSummarySchema } from "./entities.ts";

/** Parts that rooms contribute to `account.sync`. */
export const roomsSyncParts = {
  /** The room list: rooms that changed, or a fresh first page. Held as `list`. */
  rooms: z.object({
    reset: z.boolean(),
    since: z.string(),
    rooms: z.array(roomSummarySchema),
    nextCursor: z.string().optional(),
  }),
} as const;
