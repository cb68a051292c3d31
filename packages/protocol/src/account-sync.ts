import * as z from "zod";
import { baseLimits } from "./base-limits.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";
import { roomIdSchema } from "./ids.ts";
import { matchStateSchema } from "./matching/entities.ts";
import { counterSchema as counter } from "./numbers.ts";
import { roomCatchUpSchema, roomSummarySchema } from "./rooms/entities.ts";

/** Something that a client holds of a part; `since` is the server's own word for how far, given back as it came. */
const heldSchema = z.object({ id: z.string().max(64), since: z.string().max(64) });
export type SyncHeld = z.output<typeof heldSchema>;

/**
 * The parts of an account's own state, each supplied by the feature that owns it. With `reset` true, what was held of a part
 * is void; a part without it is small and always told whole.
 */
export const syncParts = {
  ...mergeParts(featureProtocols, "syncParts"),
  /** What the account may, all of it: those limits of the `connect` reply that are the account's own. */
  limits: z.object({ limits: z.record(z.string(), z.number()) }),
};

export type SyncPartName = keyof typeof syncParts;
export type SyncPart<N extends SyncPartName = SyncPartName> = z.output<(typeof syncParts)[N]>;
export type SyncParts = { readonly [N in SyncPartName]?: SyncPart<N> | undefined };

const asked = z.array(heldSchema).max(baseLimits.syncRooms).nullable().optional();
const askedParts = Object.fromEntries(Object.keys(syncParts).map((name) => [name, asked])) as {
  readonly [N in SyncPartName]: typeof asked;
};

const position = z.object({ roomId: roomIdSchema, epoch: z.string().max(64), rev: counter });

/** What `account.sync` takes. `heads` and `rooms` are those of clients that name no parts. */
export const accountSyncInput = z.object({
  account: z.object({ epoch: z.string().max(64), rev: counter, heads: z.string().max(40).optional() }).optional(),
  /** The parts to be told: what is held of each since `account`, or null where nothing is. */
  parts: z.object(askedParts).optional(),
  rooms: z.array(position).max(baseLimits.syncRooms).default([]),
});

const place = { epoch: z.string(), toRev: z.int() };

/** The answer to clients that name parts: those of them that this server knows. */
const partsAnswer = z.object({ ...place, parts: z.object(syncParts).partial() });

/** The answer to clients that name none: rooms and matching side by side, and what changed in the rooms they named. */
const olderAnswer = z.object({
  ...place,
  heads: z.string(),
  reset: z.boolean(),
  rooms: z.array(roomSummarySchema),
  nextCursor: z.string().optional(),
  catchUps: z.array(roomCatchUpSchema),
  goneRoomIds: z.array(roomIdSchema),
  match: matchStateSchema,
});
/** What stood in the answer before it had parts. */
export type OlderSyncFields = Omit<z.output<typeof olderAnswer>, keyof typeof place>;

export const accountSyncOutput = z.union([partsAnswer, olderAnswer]);
