import { at } from "../endpoint.ts";

/** Commands of matching: what a call costs, and its limits. */
export const matchingCommandEndpoints = {
  "match.get": at("read", "match_look"),
  "match.request": at("write", "match_look", "match_request"),
  "match.cancel": at("write", "match_look"),
  "match.next": at("fan_out", "match_look", "match_request"),
} as const;
