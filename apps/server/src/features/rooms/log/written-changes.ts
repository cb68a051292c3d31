import type { Policies } from "../policy.ts";
import { type Profiles, presentMember, presentMessage, presentState } from "../present.ts";
import type { MessageRow } from "../store-message-rows.ts";
import type { MemberRow } from "../store-summaries.ts";
import type { Change } from "./changes.ts";
import type { ChangedRoom, StateRow } from "./store-changes.ts";

/** Writes the change that a message's state is: sent, edited or deleted. */
export function writeMessage(row: MessageRow, pausedId = row.hiddenFrom?.accountId ?? ""): Change {
  return {
    rev: row.rev,
    push: row.deletedAt !== null ? "message.deleted" : row.editedAt !== null ? "message.edited" : "message.sent",
    json: JSON.stringify(presentMessage(row)),
    seq: row.seq,
    ord: row.ord,
    authorId: row.authorId ?? "",
    departedId: "",
    pausedId,
  };
}

/** Writes the change that a member's state is. */
export function writeMember(
  row: MemberRow,
  push: "member.joined" | "member.left" | "member.updated",
  json: string,
): Change {
  const departedId = row.state === "left" ? row.accountId : "";
  return { rev: row.rev, push, json, seq: 0, ord: 0, authorId: "", departedId, pausedId: "" };
}

export function writeState(row: StateRow): Change {
  const json = JSON.stringify(presentState(row));
  return { rev: row.stateRev, push: "room.updated", json, seq: 0, ord: 0, authorId: "", departedId: "", pausedId: "" };
}

/** Writes what the database holds of a room's changes after a rev, in order. */
export function writeChanges(room: ChangedRoom, fromRev: number, policies: Policies, profiles: Profiles): Change[] {
  const showsAlias = policies.showsAlias(room.kind);
  const changes = [
    ...room.messages.map((row) => writeMessage(row)),
    ...room.members.map((row) => {
      const json = JSON.stringify(presentMember(row, showsAlias, profiles));
      return writeMember(row, row.state === "left" ? "member.left" : "member.updated", json);
    }),
    ...(room.stateRev > fromRev ? [writeState(room)] : []),
  ];
  return changes.sort((a, b) => a.rev - b.rev);
}

/**
 * Makes the revs of stored changes gapless, as pushes must be. A stored rev is missing where a later change of the
 * same thing took its place: its number then carries the next change ahead of time. That is harmless, because a push
 * replaces what a client holds by a newer state, and without it every client would ask for the gap by itself.
 */
export function bridgeRevs(changes: readonly Change[], fromRev: number, toRev: number): Change[] {
  const bridged: Change[] = [];
  let i = 0;
  for (let rev = fromRev + 1; rev <= toRev; rev++) {
    while (i < changes.length && (changes[i]?.rev ?? 0) < rev) i++;
    const change = changes[i];
    if (change === undefined) break;
    bridged.push(change.rev === rev ? change : { ...change, rev });
  }
  return bridged;
}
