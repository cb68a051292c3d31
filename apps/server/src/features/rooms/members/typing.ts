import { type Clock, type Limits, type Push, toWireId } from "@maru/protocol";
import { BatchLoader } from "../../../platform/batch-loader.ts";
import { fail } from "../../../platform/errors.ts";
import type { Watches } from "../log/watches.ts";
import type { Policies } from "../policy.ts";
import type { RoomsConnection, RoomsDatabase } from "../ports.ts";
import { listMembershipsOf, type Membership, type Pair } from "./store-members.ts";

/** Questions about rights in one statement. */
const batchPairs = 200;

export type TypingDeps = {
  readonly db: RoomsDatabase;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly watches: Watches;
  readonly policies: Policies;
  /** True while the node has more to do than it can: what may be dropped is dropped. */
  isBusy(): boolean;
  publishEphemeral(roomId: string, frame: string): void;
};

type Pushed = { isTyping: boolean; at: number };
const slotKey = Symbol("rooms.typing");

/** Who is writing just now. Kept nowhere, told to those who have the room open, and the first thing shed under load. */
export class Typing {
  readonly #deps: TypingDeps;
  readonly #rights: BatchLoader<string, Membership>;

  constructor(deps: TypingDeps) {
    this.#deps = deps;
    this.#rights = new BatchLoader(batchPairs, (keys) => listMembershipsOf(deps.db.sql, keys.map(pairOf)));
  }

  /** Publishes that somebody writes or stopped. Throws `room.not_found` unless the connection has the room open. */
  async set(connection: RoomsConnection, roomId: string, isTyping: boolean): Promise<void> {
    const { clock, limits, watches, policies, isBusy, publishEphemeral } = this.#deps;
    const { accountId } = connection;
    if (!watches.hasOpen(connection, roomId)) throw fail("room.not_found");
    const pushed = connection.slot<Map<string, Pushed>>(slotKey, () => new Map());
    const now = clock.monotonic();
    const before = pushed.get(roomId);
    if (isTyping && before?.isTyping && now - before.at < limits.typingEveryMs) return;
    if (!isTyping && !before?.isTyping) return;
    if (isTyping) pushed.set(roomId, { isTyping, at: now });
    else pushed.delete(roomId);
    if (isBusy()) return;
    const membership = await this.#rights.load(keyOf({ accountId, roomId }));
    if (membership === undefined) throw fail("room.not_found");
    // A block takes the right to post; whoever may not post does not let others wait for it either.
    if (!policies.can("post", membership.facts)) return;
    const push: Push<"typing.changed"> = {
      push: "typing.changed",
      roomId: toWireId("room", roomId),
      memberId: toWireId("membership", membership.memberId),
      typing: isTyping,
    };
    publishEphemeral(roomId, JSON.stringify(push));
  }
}

const keyOf = ({ accountId, roomId }: Pair) => `${accountId}${roomId}`;
const pairOf = (key: string): Pair => ({ accountId: key.slice(0, 32), roomId: key.slice(32) });
