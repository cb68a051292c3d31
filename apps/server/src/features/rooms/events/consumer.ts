import type { RoomKind } from "@maru/protocol";
import type { Sql } from "../ports.ts";

/** What of a room a consumer wants to know: every change, what its state became, what was said where a member put it away. */
export type RoomAspect = "change" | "state" | "unhide";

/** A room that moved on since a consumer took it last, as it is now. */
export type RoomAdvance = {
  readonly roomId: string;
  readonly kind: RoomKind;
  readonly state: "open" | "closed";
  /** What the consumer has taken before, and what it has taken afterwards; the steps between are not told. */
  readonly fromRev: number;
  readonly toRev: number;
};

/** A part of a feature that must not miss what happens in rooms. */
export type RoomConsumer = {
  /** Its own for good: one that takes another aspect than the version before takes another name, for both run side by side. */
  readonly name: string;
  readonly kinds: readonly RoomKind[];
  readonly aspect: RoomAspect;
  /**
   * Takes rooms that moved on, in the transaction that stores how far it has come: what it writes there happens once, however
   * often nodes die. What it returns is called after the commit, and lost where the node dies in between. If it throws, each
   * room is handed over by itself, and one that fails again later.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a consumer that has nothing to do after the commit
  take(tx: Sql, advances: readonly RoomAdvance[]): Promise<(() => void) | void>;
};
