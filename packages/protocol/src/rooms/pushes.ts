import * as z from "zod";
import { membershipIdSchema, roomIdSchema } from "../ids.ts";
import { memberSchema, messageSchema, roomStateSchema, roomSummarySchema } from "./entities.ts";

const counter = z.int().nonnegative();
const inRoom = { roomId: roomIdSchema, epoch: z.string(), rev: counter };

/**
 * Pushes of rooms. Those with `rev` are changes of a room: applied in order of `rev`, each putting the message, member or room
 * it carries in place of what the client holds.
 */
export const roomsPushes = {
  "message.sent": z.object({ ...inRoom, message: messageSchema }),
  "message.edited": z.object({ ...inRoom, message: messageSchema }),
  "message.deleted": z.object({ ...inRoom, message: messageSchema }),
  "member.joined": z.object({ ...inRoom, member: memberSchema }),
  "member.left": z.object({ ...inRoom, member: memberSchema }),
  "member.updated": z.object({ ...inRoom, member: memberSchema }),
  "room.updated": z.object({ ...inRoom, room: roomStateSchema }),
  /** To those who watch a room by its head: where it stands and what was said last. */
  "room.advanced": z.object({
    roomId: roomIdSchema,
    epoch: z.string(),
    rev: counter,
    lastSeq: counter,
    lastOrd: counter,
    lastMessage: messageSchema.optional(),
  }),
  /**
   * How many people have not read each message up to `toSeq`, to those who have the room open: from the `seq` of a step on
   * so many, up to the next step; of what is older than the first step nothing is told. A state, told again when it changes.
   */
  "readers.counted": z.object({
    roomId: roomIdSchema,
    epoch: z.string(),
    toSeq: counter,
    steps: z.array(z.tuple([counter, counter])),
  }),
  /** To those who have the room open. Dropped under load and never told again: it ends by itself after `typingMs`. */
  "typing.changed": z.object({ roomId: roomIdSchema, memberId: membershipIdSchema, typing: z.boolean() }),
  /** To all devices of one account: a membership of it as it is now, also when the room is new to it. */
  "membership.changed": z.object({ accountEpoch: z.string(), accountRev: counter, room: roomSummarySchema }),
} as const;
