import { fromWireId, type MatchState, type RoomId } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import { aliveMs, type Keeper } from "./keeper.ts";
import type { NewsDesk } from "./news.ts";
import type { MatchingDeps } from "./ports.ts";
import { deleteRequest, insertRequest, listStates } from "./store.ts";

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

  /** Joins the line; again is the same wait with the same start. */
  async request(accountId: string): Promise<MatchState> {
    const { db, identity, newId, limits } = this.#deps;
    if (!(await identity.mayMatch(accountId))) throw fail("match.not_allowed");
    const wait = await insertRequest(db.sql, { id: newId(), accountId, aliveMs, waitMs: limits.matchWaitMs });
    this.#keeper.watch(accountId, wait.requestId);
    const match: MatchState = { state: "waiting", requestedAt: new Date(wait.requestedAt).toISOString() };
    this.#news.tell({ accountId, requestId: wait.requestId, match });
    this.#news.announceRequest();
    return match;
  }

  /** Leaves the line. Who was matched a moment before stays matched and is told so. */
  async cancel(accountId: string): Promise<MatchState> {
    const gone = await deleteRequest(this.#deps.db.sql, accountId);
    if (!gone) return this.find(accountId);
    const match: MatchState = { state: "idle", reason: "cancelled" };
    this.#news.tell({ accountId, requestId: gone.requestId, match });
    return match;
  }

  /** Leaves a match and joins the line. A match that has ended already is no obstacle. */
  async next(accountId: string, roomId: RoomId): Promise<MatchState> {
    await this.#deps.rooms.leaveRoom(accountId, fromWireId(roomId));
    return this.request(accountId);
  }

  async find(accountId: string): Promise<MatchState> {
    const states = await listStates(this.#deps.db.sql, [accountId]);
    return states.get(accountId) ?? { state: "idle", reason: "none" };
  }
}
