import * as z from "zod";

/**
 * Every id on the wire is `prefix_` and 32 lower-case hexadecimal digits: a UUIDv7 without its dashes, so ids
 * sort by the time they were made and Postgres takes the digits as a `uuid`.
 */
export const idPrefixes = {
  account: "acc",
  authSession: "ses",
  block: "blk",
  connection: "con",
  match: "match",
  membership: "mem",
  room: "room",
} as const;

export type IdKind = keyof typeof idPrefixes;

declare const idKind: unique symbol;
/** A wire id of one kind; the brand keeps a room's id from being passed as a member's. */
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}` & { readonly [idKind]: K };

export type AccountId = Id<"account">;
export type AuthSessionId = Id<"authSession">;
export type BlockId = Id<"block">;
export type ConnectionId = Id<"connection">;
export type MatchId = Id<"match">;
export type MembershipId = Id<"membership">;
export type RoomId = Id<"room">;

/** Makes a wire id from 32 hexadecimal digits or from a dashed UUID as Postgres prints it. */
export function toWireId<K extends IdKind>(kind: K, uuid: string): Id<K> {
  const digits = uuid.length === 36 ? uuid.replaceAll("-", "") : uuid;
  return `${idPrefixes[kind]}_${digits}` as Id<K>;
}

/** Takes the 32 hexadecimal digits out of a wire id; Postgres reads them as a `uuid`. */
export function fromWireId(id: Id<IdKind>): string {
  return id.slice(id.indexOf("_") + 1);
}

function idSchema<K extends IdKind>(kind: K) {
  const pattern = new RegExp(`^${idPrefixes[kind]}_[0-9a-f]{32}$`);
  return z
    .string()
    .regex(pattern)
    .transform((value) => value as Id<K>);
}

export const accountIdSchema = idSchema("account");
export const authSessionIdSchema = idSchema("authSession");
export const blockIdSchema = idSchema("block");
export const connectionIdSchema = idSchema("connection");
export const matchIdSchema = idSchema("match");
export const membershipIdSchema = idSchema("membership");
export const roomIdSchema = idSchema("room");

/** The client's own key of a send: any 8 to 64 letters, digits, `-` or `_`; random, new for each message. */
export const clientMessageIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
