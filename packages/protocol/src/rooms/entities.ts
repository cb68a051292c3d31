import * as z from "zod";
import { blockIdSchema, clientMessageIdSchema, membershipIdSchema, roomIdSchema } from "../ids.ts";
import { readAs } from "../read-as.ts";
import { messageExtraSchema } from "./message-extra-kinds.ts";

const instant = z.iso.datetime();
const counter = z.int().nonnegative();

export const roomKindSchema = z.enum(["direct", "group", "match", "channel", "support"]);
export type RoomKind = z.output<typeof roomKindSchema>;

/** A name nobody chose: two word numbers, said in the reader's language by {@link describeAlias}. */
export const aliasSchema = z.object({ adjective: counter, noun: counter });
export type Alias = z.output<typeof aliasSchema>;

/** An account in one room. `name` where the room shows profiles, `alias` where it hides them; never both. */
export const memberSchema = z.object({
  id: membershipIdSchema,
  state: z.enum(["active", "left"]),
  name: z.string().optional(),
  alias: aliasSchema.optional(),
  /** Seed of the generated picture; belongs to this room alone where the room hides profiles. */
  avatarSeed: z.string(),
  rev: counter,
});
export type Member = z.output<typeof memberSchema>;

/** What a system line tells; `memberId` is who it is about. */
export const systemLineSchema = z.object({
  event: z.enum(["room.created", "match.started", "member.joined", "member.left", "room.closed"]),
  memberId: membershipIdSchema.optional(),
});
export type SystemLine = z.output<typeof systemLineSchema>;

/**
 * A line in a room. `seq` numbers all lines of the room without gaps; `ord` counts people's lines up to this one;
 * `rev` is the room change that made it look as it does. A message is named by its room and `seq`.
 */
export const messageSchema = z.object({
  seq: counter,
  ord: counter,
  rev: counter,
  kind: z.enum(["text", "system"]),
  authorId: membershipIdSchema.optional(),
  text: z.string().optional(),
  system: systemLineSchema.optional(),
  /** What it carries beside its text; the text says the same to whoever does not know it. */
  extra: messageExtraSchema.optional(),
  clientMessageId: clientMessageIdSchema.optional(),
  sentAt: instant,
  editedAt: instant.optional(),
  /** Set on a tombstone, which has no text. */
  deletedAt: instant.optional(),
});
// Of a kind that a client does not know it keeps the place: what follows counts from there.
messageSchema.register(readAs, { as: { kind: "unknown" }, keeping: ["seq", "ord", "rev", "sentAt"] });
export type Message = z.output<typeof messageSchema>;

/** What all members see of a room apart from members and messages. */
export const roomStateSchema = z.object({
  kind: roomKindSchema,
  state: z.enum(["open", "closed"]),
  name: z.string().optional(),
  rev: counter,
});
export type RoomState = z.output<typeof roomStateSchema>;

/** One room as one account sees it: the row of the room list. Unread = `lastOrd − readOrd`. */
export const roomSummarySchema = z.object({
  id: roomIdSchema,
  kind: roomKindSchema,
  state: z.enum(["open", "closed"]),
  name: z.string().optional(),
  /** Identity of the numbering: `seq`, `ord` and `rev` of another epoch do not compare. */
  epoch: z.string(),
  rev: counter,
  lastSeq: counter,
  lastOrd: counter,
  selfId: membershipIdSchema,
  membership: z.enum(["active", "left"]),
  canPost: z.boolean(),
  /** Everybody in rooms of two; the first few elsewhere. */
  members: z.array(memberSchema),
  lastMessage: messageSchema.optional(),
  readSeq: counter,
  readOrd: counter,
  pinned: z.boolean(),
  muted: z.boolean(),
  archived: z.boolean(),
  markedUnread: z.boolean(),
  /** Hidden from the list until something new is said (a left direct room). */
  hidden: z.boolean(),
  /** True while one blocks the other person of a direct room: for oneself it stands still. The other one is told nothing. */
  blocked: z.boolean().optional(),
  activeAt: instant,
  /** Number of this membership's last change in the account's own log. */
  accountRev: counter,
});
export type RoomSummary = z.output<typeof roomSummarySchema>;

/** One change of a room: the state of what changed, to be put in place of what the client holds. */
export const roomChangeSchema = z.object({
  rev: counter,
  message: messageSchema.optional(),
  member: memberSchema.optional(),
  room: roomStateSchema.optional(),
});
export type RoomChange = z.output<typeof roomChangeSchema>;

/** Brings a client from `fromRev` to `toRev`, or replaces what it holds when `reset` is true. */
export const roomCatchUpSchema = z.discriminatedUnion("reset", [
  z.object({
    roomId: roomIdSchema,
    reset: z.literal(false),
    epoch: z.string(),
    fromRev: counter,
    toRev: counter,
    changes: z.array(roomChangeSchema),
  }),
  z.object({
    roomId: roomIdSchema,
    reset: z.literal(true),
    epoch: z.string(),
    toRev: counter,
    room: roomSummarySchema,
    /** The newest page, ascending by `seq`. */
    messages: z.array(messageSchema),
    hasOlder: z.boolean(),
  }),
]);
export type RoomCatchUp = z.output<typeof roomCatchUpSchema>;

/** A blocked person under the name they had where they were blocked. */
export const blockSchema = z.object({
  id: blockIdSchema,
  name: z.string().optional(),
  alias: aliasSchema.optional(),
  avatarSeed: z.string(),
  blockedAt: instant,
});
export type Block = z.output<typeof blockSchema>;
