import type { RoomKind } from "@maru/protocol";

/**
 * What somebody may want to do in a room, as far as a command asks for it; a new one makes every policy answer. What needs
 * no right of its own is not here: whoever is a member may leave, and take back what they said.
 */
export const roomActions = [
  /** See the room: in one's list, its members, its history, and what happens in it. */
  "read",
  /** Say something, change what one said, and be told as writing. */
  "post",
] as const;
export type RoomAction = (typeof roomActions)[number];

/** Facts that stand in one's own row of a room, and in the room's. */
export type OwnFacts = {
  readonly of: "own";
  readonly kind: RoomKind;
  readonly roomState: "open" | "closed";
  readonly memberState: "active" | "left";
  /** The right to post as stored; the append checks it under the room's lock. */
  readonly mayPost: boolean;
};

/** What a policy decides by: for now one's own row alone. `of` tells where the facts stand. */
export type RoomFacts = OwnFacts;

/** What follows from a room's kind and is stored with each room, so that statements need not know the kinds. */
export type RoomTraits = {
  /** A conversation of two: it ends for both when the account of one closes. */
  readonly isPair: boolean;
  /** Who has left stays among the members that a room list shows. */
  readonly showsLeftMembers: boolean;
};

/**
 * Rules of one kind of room, supplied by the feature that the kind belongs to. Pure: what it needs is in the facts.
 *
 * `can("post")` is what `rooms_append` checks under the room's lock (room open, member active, `may_post`), or the policy is
 * refused: a feature that wants another rule writes it into `may_post`.
 */
export type RoomPolicy = RoomTraits & {
  can(action: RoomAction, facts: RoomFacts): boolean;
  /** What members are to each other: their profiles, or aliases of this room alone. */
  readonly shows: "profile" | "alias";
  /** Leaving puts the room away until something is said, ends it for everybody, or ends one's own membership. */
  readonly onLeave: "hide" | "close" | "part";
};

/** What a member may where nobody is more than the others: read, and post unless that right was taken. */
export function canAsEqual(action: RoomAction, facts: RoomFacts): boolean {
  switch (action) {
    case "read":
      return facts.memberState === "active";
    case "post":
      return facts.memberState === "active" && facts.roomState === "open" && facts.mayPost;
  }
}

/** Two people who know each other by profile; the room is theirs for ever. */
export const directPolicy: RoomPolicy = {
  can: canAsEqual,
  shows: "profile",
  onLeave: "hide",
  isPair: true,
  showsLeftMembers: true,
};

/** Every combination of facts that one's own row of a room of a kind can hold. */
export function listOwnFacts(kind: RoomKind): OwnFacts[] {
  return (["open", "closed"] as const).flatMap((roomState) =>
    (["active", "left"] as const).flatMap((memberState) =>
      [true, false].map((mayPost) => ({ of: "own" as const, kind, roomState, memberState, mayPost })),
    ),
  );
}

/** Writes facts as the database's `rooms_facts` does. */
const keyOf = ({ kind, roomState, memberState, mayPost }: OwnFacts) => `${kind} ${roomState} ${memberState} ${mayPost}`;

/** The policies by kind. A kind without one cannot be read: its rooms answer as rooms that do not exist. */
export class Policies {
  readonly #byKind = new Map<RoomKind, RoomPolicy>([["direct", directPolicy]]);
  #readable: readonly string[] | null = null;

  /** Throws for a policy that tells members otherwise than the append whether they may post. */
  register(kind: RoomKind, policy: RoomPolicy): void {
    const wrong = listOwnFacts(kind).find((facts) => policy.can("post", facts) !== canAsEqual("post", facts));
    if (wrong !== undefined)
      throw new Error(`the policy of ${kind} rooms is not what the append checks: ${keyOf(wrong)}`);
    this.#byKind.set(kind, policy);
    this.#readable = null;
  }

  /** The kinds that have a policy. */
  get kinds(): RoomKind[] {
    return [...this.#byKind.keys()];
  }

  find(kind: RoomKind): RoomPolicy | null {
    return this.#byKind.get(kind) ?? null;
  }

  can(action: RoomAction, facts: RoomFacts): boolean {
    return this.find(facts.kind)?.can(action, facts) ?? false;
  }

  /** What a new room of a kind is to be stored with. */
  traitsOf(kind: RoomKind): RoomTraits {
    const policy = this.find(kind);
    if (policy === null) throw new Error(`no policy says what a ${kind} room is`);
    const { isPair, showsLeftMembers } = policy;
    return { isPair, showsLeftMembers };
  }

  /**
   * The facts that give the right to read, as `rooms_facts` writes them: a statement that cuts a page lets through the rooms
   * whose facts are among these, so no page is cut short by rooms that are dropped afterwards.
   */
  get readable(): readonly string[] {
    this.#readable ??= this.kinds.flatMap((kind) =>
      listOwnFacts(kind)
        .filter((facts) => this.can("read", facts))
        .map(keyOf),
    );
    return this.#readable;
  }

  showsAlias(kind: RoomKind): boolean {
    return this.find(kind)?.shows !== "profile";
  }
}
