import { fail } from "../../../platform/errors.ts";
import { Semaphore } from "../../../platform/semaphore.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import type { AccountChangePublisher, AccountRevision } from "../log/account-change-publisher.ts";
import { runWrite } from "../log/retry.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsDatabase, Sql } from "../ports.ts";
import { directKeyOf, findDirectRoomId, insertRooms, lockPairs, lockRooms, type NewRoom } from "../store-rooms.ts";
import { applyPersonBlocks } from "./pausing.ts";
import type { Announcement } from "./room-leave.ts";
import { showRoom } from "./store-endings.ts";

export type MatchMember = {
  readonly accountId: string;
  readonly alias: { readonly adjective: number; readonly noun: number };
};

export type NewMatchRoom = { readonly members: readonly [MatchMember, MatchMember] };

export type RoomCreationDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly accountChanges: AccountChangePublisher;
  readonly newId: () => string;
  readonly takeShared?: TakeShared;
};

/**
 * Direct rooms opened at a time. Those of one opener wait for each other's counters in the database, each with a connection
 * in its hands: a few openers in a hurry would hold all sixteen.
 */
const openBounds = { permits: 3, maxWaiting: 2_000 };

/** How rooms of two begin. */
export class RoomCreation {
  readonly #deps: RoomCreationDeps;
  readonly #openings = new Semaphore(openBounds);

  constructor(deps: RoomCreationDeps) {
    this.#deps = deps;
  }

  /**
   * Finds or makes the one direct room of two accounts, and tells its id. However often and from however many sides at
   * once it is opened, it is one room. The other side sees it when the first message is there.
   */
  async openDirect(openerId: string, otherId: string): Promise<string> {
    if (openerId === otherId) throw fail("direct.self");
    const { roomId, stamps } = await this.#openings.run(openerId, () => this.#findOrMake(openerId, otherId));
    void this.#deps.accountChanges.announce(stamps);
    return roomId;
  }

  #findOrMake(openerId: string, otherId: string): Promise<{ roomId: string; stamps: AccountRevision[] }> {
    const directKey = directKeyOf(openerId, otherId);
    return runWrite(() =>
      this.#deps.db.transaction(async (tx) => {
        await lockPairs(tx, [directKey]);
        const existing = await findDirectRoomId(tx, directKey);
        const opened = existing ?? (await this.#makeDirect(tx, directKey, openerId, otherId));
        const isChanged = existing === null || (await this.#showAgain(tx, existing, openerId));
        const pairs = isChanged ? [{ accountId: openerId, roomId: opened }] : [];
        return { roomId: opened, stamps: await this.#deps.accountChanges.stamp(tx, pairs) };
      }),
    );
  }

  /**
   * Makes rooms of aliases, all in a few statements of the caller's transaction; `roomIds` are in the order asked for. The
   * caller announces after its commit. Should two be blocked from each other by now, neither may post.
   */
  async createMatchRooms(
    tx: Sql,
    asked: readonly NewMatchRoom[],
  ): Promise<Announcement & { readonly roomIds: readonly string[] }> {
    const { identity, accountChanges } = this.#deps;
    await lockPairs(tx, asked.map(pairKey));
    const accountIds = asked.flatMap(({ members }) => members.map((member) => member.accountId));
    const blocks = await identity.listBlocksAmong(tx, accountIds);
    const blocked = new Set(blocks.map(({ blockerId, blockedId }) => directKeyOf(blockerId, blockedId)));
    const rooms = asked.map((room) => this.#matchRoom(room, !blocked.has(pairKey(room))));
    await insertRooms(tx, rooms);
    const memberships = rooms.flatMap(({ id, members }) => members.map(({ accountId }) => ({ accountId, roomId: id })));
    const stamps = await accountChanges.stamp(tx, memberships);
    return { roomIds: rooms.map((room) => room.id), announce: () => void accountChanges.announce(stamps) };
  }

  #matchRoom({ members }: NewMatchRoom, mayPost: boolean): NewRoom {
    const id = this.#deps.newId();
    return {
      id,
      kind: "match",
      traits: this.#deps.policies.traitsOf("match"),
      directKey: null,
      opening: { event: "match.started" },
      members: members.map((member) => ({ ...member, id: this.#deps.newId(), roomId: id, mayPost, isHidden: false })),
    };
  }

  async #makeDirect(tx: Sql, directKey: string, openerId: string, otherId: string): Promise<string> {
    const { identity, policies } = this.#deps;
    await this.#deps.takeShared?.("first_contact", openerId, tx);
    // Found by a nickname a moment ago; who was erased since gets no new room.
    if ((await identity.lockLiving(tx, [openerId, otherId])).size < 2) throw fail("nickname.not_found");
    const roomId = this.#deps.newId();
    const members = [openerId, otherId].map((accountId) => ({
      id: this.#deps.newId(),
      roomId,
      accountId,
      mayPost: true,
      alias: null,
      isHidden: accountId === otherId,
    }));
    const traits = policies.traitsOf("direct");
    await insertRooms(tx, [{ id: roomId, kind: "direct", traits, directKey, opening: null, members }]);
    await applyPersonBlocks(tx, identity, openerId, otherId);
    return roomId;
  }

  async #showAgain(tx: Sql, roomId: string, accountId: string): Promise<boolean> {
    await lockRooms(tx, [roomId]);
    return showRoom(tx, roomId, accountId);
  }
}

const pairKey = ({ members: [a, b] }: NewMatchRoom) => directKeyOf(a.accountId, b.accountId);
