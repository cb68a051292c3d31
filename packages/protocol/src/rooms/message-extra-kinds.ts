import * as z from "zod";
import { messageExtraVersion } from "../message-extra.ts";
import { readAs } from "../read-as.ts";
import { roomsMessageExtras } from "./message-extras.ts";

/** Every kind of content that a message can carry beside its text, each declared by the feature that it belongs to. */
export const messageExtras = { ...roomsMessageExtras } as const;

export type MessageExtraName = keyof typeof messageExtras;

const bodies = Object.fromEntries(Object.entries(messageExtras).map(([name, { body }]) => [name, body.optional()])) as {
  [N in MessageExtraName]: z.ZodOptional<(typeof messageExtras)[N]["body"]>;
};

/** What a message carries beside its text, each kind under its name. */
export const messageExtraSchema = z.object({ v: z.literal(messageExtraVersion), ...bodies });
// Whoever does not know a kind, or its version, has the text, which says the same.
messageExtraSchema.register(readAs, { as: undefined, isPartial: true });
export type MessageExtra = z.output<typeof messageExtraSchema>;
