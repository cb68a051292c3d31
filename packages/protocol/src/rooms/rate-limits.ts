import type { NodeRateLimit, SharedRateLimit } from "../rate-limit.ts";
import { roomsAccountLimits } from "./limits.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Limits of rooms that each node counts by itself. */
export const roomsNodeRateLimits = {
  rooms: { scope: "node", per: "address", burst: 300, perSecond: 20, doc: "requests about rooms" },
  send: { scope: "node", per: "account", burst: roomsAccountLimits.sendsBurst, perSecond: roomsAccountLimits.sendsPerSecond, isCountedInside: true, doc: "messages sent" },
  read: { scope: "node", per: "account", burst: 200, perSecond: 50, doc: "read cursors moved" },
  typing: { scope: "node", per: "account", burst: 50, perSecond: 10, doc: "typing told" },
  history: { scope: "node", per: "account", burst: 120, perSecond: 20, doc: "pages of messages and missed changes fetched" },
  room_list: { scope: "node", per: "account", burst: 120, perSecond: 20, doc: "rooms looked at: listed, synchronised, watched" },
  list_change: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "changes of one's own room list" },
  block: { scope: "node", per: "account", burst: 30, perSecond: 1, doc: "blocks made, ended and listed" },
  direct: { scope: "node", per: "account", burst: 60, perSecond: 2, doc: "people looked up to talk with" },
} as const satisfies Record<string, NodeRateLimit>;

/** Limits of rooms that are counted over all nodes. */
export const roomsSharedRateLimits = {
  edit: { scope: "shared", per: "account", count: 120, windowMs: minute, doc: "messages edited or deleted" },
  first_contact: { scope: "shared", per: "account", count: 20, windowMs: hour, doc: "talks opened with somebody new" },
} as const satisfies Record<string, SharedRateLimit>;
