import type { RoomKind } from "@maru/protocol";

/** What a policy decides by. */
export type RoomFacts = {
  readonly kind: RoomKind;
  readonly roomState: "open" | "closed";
  readonly memberState: "active" | "left";
  /** The right to post as stored; the append checks it under the room's lock. */
  readonly mayPost: boolean;
};

/**
 * Rules of one kind of room, supplied by the feature that the kind belongs to. Pure: what it needs is in the facts.
 *
 * `canPost` must follow from the stored facts that `rooms_append` checks (room open, member active, `may_post`): a
 * feature that wants another rule writes it into `may_post`.
 */
export type RoomPolicy = {
  canRead(facts: RoomFacts): boolean;
  canPost(facts: RoomFacts): boolean;
  /** May rename, invite and close. */
  canManage(facts: RoomFacts): boolean;
  /** What members are to each other: their profiles, or aliases of this room alone. */
  readonly shows: "profile" | "alias";
  /** Leaving puts the room away until something is said, ends it for everybody, or ends one's own membership. */
  readonly onLeave: "hide" | "close" | "part";
};

const isActive = (facts: RoomFacts) => facts.memberState === "active";

/** Who posts where no rule of its own stands against it. */
export const canPostByDefault = (facts: RoomFacts): boolean =>
  facts.memberState === "active" && facts.roomState === "open" && facts.mayPost;

/** Two people who know each other by profile; the room is theirs for ever. */
export const directPolicy: RoomPolicy = {
  canRead: isActive,
  canPost: canPostByDefault,
  canManage: () => false,
  shows: "profile",
  onLeave: "hide",
};

/** The policies by kind. A kind without one cannot be read: its rooms answer as rooms that do not exist. */
export class Policies {
  readonly #byKind = new Map<RoomKind, RoomPolicy>([["direct", directPolicy]]);

  register(kind: RoomKind, policy: RoomPolicy): void {
    this.#byKind.set(kind, policy);
  }

  /** The kinds that have a policy. */
  get kinds(): RoomKind[] {
    return [...this.#byKind.keys()];
  }

  find(kind: RoomKind): RoomPolicy | null {
    return this.#byKind.get(kind) ?? null;
  }

  canRead(facts: RoomFacts): boolean {
    return this.find(facts.kind)?.canRead(facts) ?? false;
  }

  canPost(facts: RoomFacts): boolean {
    return this.find(facts.kind)?.canPost(facts) ?? false;
  }

  showsAlias(kind: RoomKind): boolean {
    return this.find(kind)?.shows !== "profile";
  }
}
