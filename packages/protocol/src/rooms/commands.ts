import * as z from "zod";
import { command } from "../command.ts";
import { blockIdSchema, clientMessageIdSchema, membershipIdSchema, roomIdSchema } from "../ids.ts";
import { counterSchema as counter } from "../numbers.ts";
import { blockSchema, messageSchema, roomCatchUpSchema, roomSummarySchema } from "./entities.ts";
import { roomsLimits as limits } from "./limits.ts";

const instant = z.iso.datetime();
const nothing = z.object({});

const position = z.object({ roomId: roomIdSchema, epoch: z.string().max(64), rev: counter });

/** Commands of rooms. */
export const roomsCommands = {
  "room.list": command(
    "Lists the account's rooms: pinned first, then those with something unread, then by last activity.",
    z.object({
      cursor: z.string().max(200).optional(),
      limit: z.int().min(1).max(limits.pageRooms).default(30),
      archived: z.boolean().default(false),
    }),
    z.object({ rooms: z.array(roomSummarySchema), nextCursor: z.string().optional() }),
  ),
  "room.get": command("Tells one room.", z.object({ roomId: roomIdSchema }), z.object({ room: roomSummarySchema })),
  "room.watch": command(
    "Starts pushes of rooms: `open` all changes, `head` the last message only; with a position, tells what was missed.",
    z.object({
      rooms: z
        .array(
          z.object({
            roomId: roomIdSchema,
            mode: z.enum(["open", "head"]),
            epoch: z.string().max(64).optional(),
            rev: counter.optional(),
          }),
        )
        .min(1)
        .max(limits.pageRooms),
    }),
    z.object({ catchUps: z.array(roomCatchUpSchema), goneRoomIds: z.array(roomIdSchema) }),
  ),
  "room.unwatch": command(
    "Ends pushes of rooms; unknown ones are ignored.",
    z.object({ roomIds: z.array(roomIdSchema).max(limits.pageRooms) }),
    nothing,
  ),
  "room.changes": command("Fills a gap: what changed in one room since a position.", position, roomCatchUpSchema),
  "room.leave": command(
    "Leaves a room: a direct one is hidden until something new is said, a match ends for both.",
    z.object({ roomId: roomIdSchema }),
    z.object({ room: roomSummarySchema }),
  ),
  "room.read": command(
    "Moves the read cursor forward to `seq`; never back. Ends a mark as unread unless `seq` lies before the cursor.",
    z.object({ roomId: roomIdSchema, seq: counter }),
    z.object({ readSeq: z.int(), readOrd: z.int() }),
  ),
  "membership.update": command(
    "Changes how one's own room list shows a room.",
    z.object({
      roomId: roomIdSchema,
      pinned: z.boolean().optional(),
      muted: z.boolean().optional(),
      archived: z.boolean().optional(),
      markedUnread: z.boolean().optional(),
    }),
    z.object({ room: roomSummarySchema }),
  ),
  "direct.open": command(
    "Opens the one direct room with the person of a nickname.",
    z.object({ nickname: z.string().min(1).max(60) }),
    z.object({ room: roomSummarySchema }),
  ),
  "message.send": command(
    "Appends a message; the reply comes after commit. The same `clientMessageId` again gets the first reply.",
    z.object({
      roomId: roomIdSchema,
      clientMessageId: clientMessageIdSchema,
      text: z.string(),
      extra: z.looseObject({ v: z.int() }).optional(),
    }),
    z.object({ message: messageSchema }),
  ),
  "message.list": command(
    "Tells a page of history, ascending: before or after a `seq`, around one, from a time on, or the newest.",
    z.object({
      roomId: roomIdSchema,
      before: counter.optional(),
      after: counter.optional(),
      around: counter.optional(),
      from: instant.optional(),
      limit: z.int().min(1).max(limits.pageMessages).default(50),
    }),
    z.object({ messages: z.array(messageSchema), hasOlder: z.boolean(), hasNewer: z.boolean(), rev: z.int() }),
  ),
  "message.edit": command(
    "Replaces the text of one's own message; what it carries beside stays.",
    z.object({ roomId: roomIdSchema, seq: counter, text: z.string() }),
    z.object({ message: messageSchema }),
  ),
  "message.delete": command(
    "Deletes one's own message for everybody; a tombstone stays.",
    z.object({ roomId: roomIdSchema, seq: counter }),
    z.object({ message: messageSchema }),
  ),
  "typing.set": command(
    "Tells who has the room open that one is writing, or has stopped. May be dropped, and never counts as said.",
    z.object({ roomId: roomIdSchema, typing: z.boolean() }),
    nothing,
  ),
  "member.block": command(
    "Blocks a member, also of a room that one has left: under an alias that room ends and the two are not matched again; a person is not heard any more and is told nothing of it.",
    z.object({ roomId: roomIdSchema, memberId: membershipIdSchema }),
    z.object({ block: blockSchema }),
  ),
  "block.list": command("Lists the people one has blocked.", nothing, z.object({ blocks: z.array(blockSchema) })),
  "block.remove": command("Ends a block.", z.object({ blockId: blockIdSchema }), nothing),
} as const;
