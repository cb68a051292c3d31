import { at } from "../endpoint.ts";

/** Commands of presence: what a call costs, and its limits. */
export const presenceCommandEndpoints = {
  "presence.set": at("fan_out", "presence"),
  "presence.watch": at("read", "presence"),
} as const;
