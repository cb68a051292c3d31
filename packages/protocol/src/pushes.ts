import type * as z from "zod";
import { syncParts } from "./account-sync.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";

/** Every push, `noun.pastParticiple`. Each carries the state of what changed, to be put in place of what the client holds. */
export const pushes = {
  ...mergeParts(featureProtocols, "pushes"),
  /** To all devices of one account: what it may from now on, all of it. */
  "limits.changed": syncParts.limits,
};

export type PushName = keyof typeof pushes;
export type PushBody<N extends PushName> = z.output<(typeof pushes)[N]>;
export type Push<N extends PushName = PushName> = { [K in N]: { readonly push: K } & PushBody<K> }[N];

/** Pushes that are numbered changes of a room. */
export type RoomPush = Push<
  | "message.sent"
  | "message.edited"
  | "message.deleted"
  | "member.joined"
  | "member.left"
  | "member.updated"
  | "room.updated"
>;

/** Pushes that are numbered changes of an account, in its own log. */
export type AccountPush = Extract<Push, { readonly accountRev: number }>;
