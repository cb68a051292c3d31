import * as z from "zod";
import { matchStateSchema } from "./entities.ts";

/** Parts that matching contribute to `account.sync`. */
export const matchingSyncParts = {
  /** Where the account stands with matching. */
  matching: z.object({ match: matchStateSchema }),
} as const;
