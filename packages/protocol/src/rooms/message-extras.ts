import * as z from "zod";
import { messageExtraKind } from "../message-extra.ts";
import { counterSchema as counter } from "../numbers.ts";

/** Kinds of content of rooms themselves. */
export const roomsMessageExtras = {
  reply: messageExtraKind({
    doc: "Answers a message of the same room, named by its `seq`. Nothing of it is copied: who may read it finds it there, deleted or not.",
    body: z.object({ seq: counter }),
  }),
} as const;
