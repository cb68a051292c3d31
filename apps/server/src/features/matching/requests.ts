import { fromWireId, type MatchState, type RoomId, toWireId } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import type { Keeper } from "./keeper.ts";
import type { NewsDesk } from "./news.ts";
import type { MatchingDeps } from "./ports.ts";
import { deleteRequest, type EndReason, insertRequest, withdrawRequest } from "./store.ts";
import { endMatch, findYoungMatch, listStates, lockMatch } from "./store-matches.ts";
import { aliveMs } from "./times.ts";

/** What a person does with the line: join it, leave it, leave a partner for it. */
export class Requests {
  readonly #deps: MatchingDeps;
  readonly #news: NewsDesk;
  readonly #keeper: Keeper;

  constructor(deps: MatchingDeps, news: NewsDesk, keeper: Keeper) {
    this.#deps = deps;
    this.#news = news;
    this.#keeper = keeper;
  }

  /**
   * Joins the line; again is the same wait with the same start. Who has been matched a moment ago is told that match: a
   * second tab's click, or a repeat after a lost answer, must not lead into a second one.
   */
  async request(accountId: string): Promise<MatchState> {
    const { db, newId, limits } = this.#deps;
    await this.#requireMayMatch(accountId);
    const wait = await insertRequest(db.sql, { id: newId(), accountId, aliveMs, waitMs: limits.matchWaitMs });
    // After the row is there: it may have waited for the lock of the round that matched this account. Until it is taken
    // back here, that round's successors leave it alone, since the match is young.
    const matched = await this.#findRunningMatch(accountId);
    if (matched) {
      await withdrawRequest(db.sql, wait.requestId);
      return matched;
    }
    // Again: a suspension that came in between has ended the waits it found, and this one was not there yet.
    await this.#requireMayMatch(accountId, wait.requestId);
    this.#keeper.watch(accountId, wait.requestId);
    const match: MatchState = { state: "waiting", requestedAt: new Date(wait.requestedAt).toISOString() };
    this.#news.tell({ accountId, requestId: wait.requestId, match });
    this.#news.announceRequest();
    // Another node may have matched them already and its news been quicker than this answer.
    return this.#news.hasEnded(wait.requestId) ? this.find(accountId) : match;
  }

  /** Leaves the line. Who was matched a moment before stays matched and is told so. */
  async cancel(accountId: string, reason: EndReason = "cancelled"): Promise<MatchState> {
    const gone = await deleteRequest(this.#deps.db.sql, accountId, reason);
    if (!gone) return this.find(accountId);
    const match: MatchState = { state: "idle", reason };
    this.#news.tell({ accountId, requestId: gone.requestId, match });
    return match;
  }

  /** Leaves a match and joins the line. A match that has ended already is no obstacle; a room that is none is. */
  async next(accountId: string, roomId: RoomId): Promise<MatchState> {
    const { db, rooms } = this.#deps;
    await this.#requireMayMatch(accountId);
    const id = fromWireId(roomId);
    const left = await db.transaction(async (tx) => {
      if (!(await lockMatch(tx, accountId, id))) throw fail("room.not_found");
      await endMatch(tx, id);
      return rooms.leaveRoomIn(tx, accountId, id);
    });
    left.announce();
    return this.request(accountId);
  }

  async find(accountId: string): Promise<MatchState> {
    const states = await listStates(this.#deps.db.sql, [accountId]);
    return states.get(accountId) ?? { state: "idle", reason: "none" };
  }

  async #requireMayMatch(accountId: string, requestId?: string): Promise<void> {
    if (await this.#deps.identity.mayMatch(accountId)) return;
    if (requestId) await withdrawRequest(this.#deps.db.sql, requestId);
    throw fail("match.not_allowed");
  }

  /** The young match of an account, unless one of the two has left its room and this is not written here yet. */
  async #findRunningMatch(accountId: string): Promise<MatchState | null> {
    const { db, rooms } = this.#deps;
    const match = await findYoungMatch(db.sql, accountId);
    if (!match) return null;
    const room = await rooms.getRoom(accountId, match.roomId).catch(() => null);
    if (room?.state !== "open" || room.membership !== "active") {
      await endMatch(db.sql, match.roomId);
      return null;
    }
    return { state: "matched", roomId: toWireId("room", match.roomId), matchedAt: match.madeAt.toISOString() };
  }
}
