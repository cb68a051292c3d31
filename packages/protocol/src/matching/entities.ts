import * as z from "zod";
import { roomIdSchema } from "../ids.ts";
import { readAs } from "../read-as.ts";

const instant = z.iso.datetime();

/** Where an account stands with matching; the same on all its tabs and devices. */
export const matchStateSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("idle"),
    reason: z.enum(["none", "cancelled", "disconnected", "timed_out", "suspended"]).register(readAs, { as: "none" }),
  }),
  z.object({ state: z.literal("waiting"), requestedAt: instant }),
  z.object({ state: z.literal("matched"), roomId: roomIdSchema, matchedAt: instant }),
]);
matchStateSchema.register(readAs, { as: { state: "idle", reason: "none" } });
export type MatchState = z.output<typeof matchStateSchema>;
