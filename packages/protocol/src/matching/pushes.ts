import * as z from "zod";
import { matchStateSchema } from "./entities.ts";

/** Pushes of matching. */
export const matchingPushes = {
  /** To all devices of one account: where it stands with matching. */
  "match.changed": z.object({ match: matchStateSchema }),
} as const;
