import {
  type Member,
  type Message,
  type RoomChange,
  type RoomKind,
  type RoomState,
  type RoomSummary,
  toWireId,
} from "@maru/protocol";
import type { ChangedRoom, StateRow } from "./log/store-changes.ts";
import type { Policies } from "./policy.ts";
import type { IdentityPort, Profile } from "./ports.ts";
import { type MessageRow, seenBy } from "./store-message-rows.ts";
import type { MemberRow, SummaryRow } from "./store-summaries.ts";

export type Profiles = ReadonlyMap<string, Profile>;

/** Maps a message to its wire form; a tombstone has no text. */
export function presentMessage(row: MessageRow): Message {
  return {
    seq: row.seq,
    ord: row.ord,
    rev: row.rev,
    kind: row.kind,
    ...(row.authorId === null ? {} : { authorId: toWireId("membership", row.authorId) }),
    ...(row.text === null || row.deletedAt !== null ? {} : { text: row.text }),
    ...(row.system === null
      ? {}
      : {
          system: {
            event: row.system.event,
            ...(row.system.memberId === undefined ? {} : { memberId: toWireId("membership", row.system.memberId) }),
          },
        }),
    ...(row.extra === null || row.deletedAt !== null ? {} : { extra: row.extra }),
    ...(row.clientMessageId === null ? {} : { clientMessageId: row.clientMessageId }),
    sentAt: row.sentAt.toISOString(),
    ...(row.editedAt === null ? {} : { editedAt: row.editedAt.toISOString() }),
    ...(row.deletedAt === null ? {} : { deletedAt: row.deletedAt.toISOString() }),
  };
}

export function presentState(row: StateRow): RoomState {
  return { kind: row.kind, state: row.state, rev: row.stateRev, ...(row.name === null ? {} : { name: row.name }) };
}

/**
 * Maps a member to its wire form. In rooms of aliases name and picture belong to the membership alone, so that one
 * person in two of them cannot be recognised.
 */
export function presentMember(row: MemberRow, showsAlias: boolean, profiles: Profiles): Member {
  const profile = showsAlias ? undefined : profiles.get(row.accountId);
  return {
    id: toWireId("membership", row.id),
    state: row.state,
    ...(profile ? { name: profile.nickname } : {}),
    ...(showsAlias && row.alias ? { alias: row.alias } : {}),
    avatarSeed: profile?.avatarSeed ?? avatarSeedOf(row.id),
    rev: row.rev,
  };
}

/** The picture of a member without a profile: the random tail of the membership's id. */
export function avatarSeedOf(memberId: string): string {
  return memberId.slice(-12);
}

/**
 * Maps a room to the row of one member's list. Of a room that the member may no longer read it tells only that it was
 * left: nothing that was said or counted since.
 */
export function presentSummary(row: SummaryRow, policies: Policies, profiles: Profiles, epoch: string): RoomSummary {
  const { facts } = row;
  const canRead = policies.can("read", facts);
  const showsAlias = policies.showsAlias(facts.kind);
  const shown = canRead ? row.members : row.members.filter((member) => member.id === row.memberId);
  return {
    id: toWireId("room", row.roomId),
    kind: facts.kind,
    state: facts.roomState,
    ...(row.name === null || !canRead ? {} : { name: row.name }),
    epoch,
    rev: canRead ? row.rev : row.memberRev,
    lastSeq: canRead ? row.lastSeq : row.readSeq,
    lastOrd: canRead ? row.lastOrd : row.readOrd,
    selfId: toWireId("membership", row.memberId),
    membership: facts.memberState,
    canPost: canRead && policies.can("post", facts),
    members: shown.map((member) => presentMember(member, showsAlias, profiles)),
    ...(row.lastMessage === null || !canRead ? {} : { lastMessage: presentMessage(row.lastMessage) }),
    readSeq: row.readSeq,
    readOrd: row.readOrd,
    pinned: row.pinned,
    muted: row.muted,
    archived: row.archived,
    markedUnread: row.markedUnread,
    hidden: row.hidden,
    ...(row.paused ? { blocked: true } : {}),
    activeAt: row.activeAt.toISOString(),
    accountRev: row.accountRev,
  };
}

/** Maps what changed in a room to its wire form for one member, in order of rev. */
export function presentChanges(
  room: ChangedRoom,
  fromRev: number,
  viewer: { readonly memberId: string; readonly policies: Policies; readonly profiles: Profiles },
): RoomChange[] {
  const { memberId, policies, profiles } = viewer;
  const showsAlias = policies.showsAlias(room.kind);
  const seen = room.messages.map((row) => seenBy(row, memberId)).filter((row) => row !== null);
  const changes: RoomChange[] = [
    ...seen.map((row) => ({ rev: row.rev, message: presentMessage(row) })),
    ...room.members.map((row) => ({ rev: row.rev, member: presentMember(row, showsAlias, profiles) })),
    ...(room.stateRev > fromRev ? [{ rev: room.stateRev, room: presentState(room) }] : []),
  ];
  return changes.sort((a, b) => a.rev - b.rev);
}

/** Reads the profiles of those members whose rooms show them. */
export async function loadProfiles(
  identity: IdentityPort,
  policies: Policies,
  rooms: readonly { kind: RoomKind; members: readonly MemberRow[] }[],
): Promise<Profiles> {
  const ids = new Set<string>();
  for (const room of rooms) {
    if (policies.showsAlias(room.kind)) continue;
    for (const member of room.members) ids.add(member.accountId);
  }
  return ids.size === 0 ? new Map() : identity.getProfiles([...ids]);
}
