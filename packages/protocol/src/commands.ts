import * as z from "zod";
import { accountSyncInput, accountSyncOutput } from "./account-sync.ts";
import {
  blockSchema,
  matchStateSchema,
  memberPresenceSchema,
  messageSchema,
  roomCatchUpSchema,
  roomSummarySchema,
} from "./entities.ts";
import { blockIdSchema, clientMessageIdSchema, connectionIdSchema, membershipIdSchema, roomIdSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { counterSchema as counter } from "./numbers.ts";

const instant = z.iso.datetime();
const token = z.string().min(1).max(4_096);
const nothing = z.object({});

const position = z.object({ roomId: roomIdSchema, epoch: z.string().max(64), rev: counter });

/** `{input, output}` of a command; the gateway validates `input`, the conformance suite validates `output`. */
function command<I extends z.ZodType, O extends z.ZodType>(doc: string, input: I, output: O) {
  return { doc, input, output };
}

/** Every command of the realtime door, `noun.verb`. Unknown fields are ignored. */
export const commands = {
  connect: command(
    "Authenticates the socket; must be the first command.",
    z.object({
      token,
      locale: z.enum(["ko", "en"]).default("ko"),
      device: z.string().max(100).default(""),
    }),
    z.object({
      connectionId: connectionIdSchema,
      heartbeatMs: z.int(),
      tokenExpiresAt: instant,
      serverTime: instant,
      limits: z.record(z.string(), z.number()),
    }),
  ),
  "auth.renew": command(
    "Gives the connection a new access token of the same account before the old one expires.",
    z.object({ token }),
    z.object({ tokenExpiresAt: instant }),
  ),
  "connection.beat": command("Tells the server that the client lives; the reply tells the reverse.", nothing, nothing),
  "account.sync": command(
    "Tells what changed for the account since the position given: the parts that are named, or what clients knew before there were parts.",
    accountSyncInput,
    accountSyncOutput,
  ),
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
    z.object({ roomId: roomIdSchema, clientMessageId: clientMessageIdSchema, text: z.string() }),
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
    "Replaces the text of one's own message.",
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
  "presence.set": command(
    "Tells whether this device is in use; a device that says nothing counts as used.",
    z.object({ presence: z.enum(["online", "away"]) }),
    nothing,
  ),
  "presence.watch": command(
    "Tells who is there in these rooms now, and from now on; takes the place of the rooms watched before. Whoever may not be seen is left out: in a direct room everybody, until both have written; asking again then tells.",
    z.object({ roomIds: z.array(roomIdSchema).max(limits.presenceRooms) }),
    z.object({ presences: z.array(memberPresenceSchema) }),
  ),
  "member.block": command(
    "Blocks a member, also of a room that one has left: under an alias that room ends and the two are not matched again; a person is not heard any more and is told nothing of it.",
    z.object({ roomId: roomIdSchema, memberId: membershipIdSchema }),
    z.object({ block: blockSchema }),
  ),
  "block.list": command("Lists the people one has blocked.", nothing, z.object({ blocks: z.array(blockSchema) })),
  "block.remove": command("Ends a block.", z.object({ blockId: blockIdSchema }), nothing),
  "match.get": command("Tells where the account stands with matching.", nothing, z.object({ match: matchStateSchema })),
  "match.request": command(
    "Starts waiting for a partner; again is the same wait.",
    nothing,
    z.object({ match: matchStateSchema }),
  ),
  "match.cancel": command("Stops waiting; a match already made stays.", nothing, z.object({ match: matchStateSchema })),
  "match.next": command(
    "Leaves a match room and waits for the next partner.",
    z.object({ roomId: roomIdSchema }),
    z.object({ match: matchStateSchema }),
  ),
} as const;

export type CommandName = keyof typeof commands;
export type CommandInput<N extends CommandName> = z.output<(typeof commands)[N]["input"]>;
/** What a caller writes: fields with defaults may be left out. */
export type CommandArgument<N extends CommandName> = z.input<(typeof commands)[N]["input"]>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]["output"]>;

/** Says whether a word is a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
