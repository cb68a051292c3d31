import { describeAlias, type Locale, type Member, type RoomSummary } from "@maru/protocol";

/** The other person of a room of two. */
export function findPartner(room: Pick<RoomSummary, "members" | "selfId">): Member | null {
  return room.members.find((member) => member.id !== room.selfId) ?? null;
}

/** What a member is called here: the profile's name, or the alias where the room hides profiles. */
export function nameOfMember(member: Member | null | undefined, locale: Locale, unknown: string): string {
  if (member?.alias) return describeAlias(member.alias, locale);
  return member?.name ?? unknown;
}

/** What a room is called in a list: its own name, or the other person's. */
export function titleOfRoom(
  room: Pick<RoomSummary, "name" | "members" | "selfId">,
  locale: Locale,
  unknown: string,
): string {
  return room.name ?? nameOfMember(findPartner(room), locale, unknown);
}

/** Unread messages of a room: by arithmetic on the numbers of people's lines. */
export function countUnread(room: Pick<RoomSummary, "lastOrd" | "readOrd">): number {
  return Math.max(0, room.lastOrd - room.readOrd);
}
