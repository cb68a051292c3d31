import { fromWireId, type MatchState, type RoomId, toWireId } from "@maru/protocol";
import { fail, MaruError } from "../../platform/errors.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { MatchNotifier } from "./match-notifier.ts";
import type { Waiting } from "./pairing.ts";
import type { AccountStanding, MatchingDeps } from "./ports.ts";
import { deleteRequest, type EndReason, insertRequest, withdrawRequest } from "./store.ts";
import { endMatch, findYoungMatch, listStates, lockMatch, type YoungMatch } from "./store-matches.ts";
import { aliveMs } from "./times.ts";

/** Why an account may not match, or null: strangers meet ordinary people, not a company or whoever runs the place. */
function refusalOf(standing: AccountStanding | null): "match.not_allowed" | "match.persons_only" | null {
  if (standing?.state !== "active") return "match.not_allowed";
  return standing.kind === "person" ? null : "match.persons_only";
}

/** What a person does with the line: join it, leave it, leave a partner for it. */
export class Requests {
  readonly #deps: MatchingDeps;
  readonly #notifier: MatchNotifier;
  readonly #heartbeat: Heartbeat;

  constructor(deps: MatchingDeps, notifier: MatchNotifier, heartbeat: Heartbeat) {
    this.#deps = deps;
    this.#notifier = notifier;
    this.#heartbeat = heartbeat;
  }

  /**
   * Joins the line; again is the same wait with the same start. Who has been matched a moment ago is told that match: a
   * second tab's click, or a repeat after a lost answer, must not lead into a second one.
   */
  async request(accountId: string): Promise<MatchState> {
    await this.#requireMayMatch(accountId);
    const entry = await this.#enter(accountId);
    if (!("requestId" in entry)) {
      const matched = await this.#presentIfRunning(accountId, entry);
      // The match was over after all, and is marked so now.
      return matched ?? this.request(accountId);
    }
    const wait = entry;
    // Again: a suspension that came in between has ended the waits it found, and this one was not there yet.
    await this.#requireMayMatch(accountId, wait.requestId);
    this.#heartbeat.watch(accountId, wait.requestId);
    const match: MatchState = { state: "waiting", requestedAt: new Date(wait.requestedAt).toISOString() };
    this.#notifier.publish({ accountId, requestId: wait.requestId, match });
    this.#notifier.announceRequest();
    // Another node may have matched them already and its news been quicker than this answer.
    return this.#notifier.hasEnded(wait.requestId) ? this.find(accountId) : match;
  }

  /** Leaves the line. Who was matched a moment before stays matched and is told so. */
  async cancel(accountId: string, reason: EndReason = "cancelled"): Promise<MatchState> {
    const gone = await deleteRequest(this.#deps.db.sql, accountId, reason);
    if (!gone) return this.find(accountId);
    const match: MatchState = { state: "idle", reason };
    this.#notifier.publish({ accountId, requestId: gone.requestId, match });
    return match;
  }

  /** Leaves a match and joins the line. A match that has ended already is no obstacle; a room that is none is. */
  async next(accountId: string, roomId: RoomId): Promise<MatchState> {
    const { db, rooms } = this.#deps;
    await this.#requireMayMatch(accountId);
    const id = fromWireId(roomId);
    return this.#notifier.goOn(accountId, async () => {
      const left = await db.transaction(async (tx) => {
        if (!(await lockMatch(tx, accountId, id))) throw fail("room.not_found");
        await endMatch(tx, id);
        return rooms.leaveRoomIn(tx, accountId, id);
      });
      left.announce();
      return this.request(accountId);
    });
  }

  async find(accountId: string): Promise<MatchState> {
    const states = await this.findAll([accountId]);
    return states.get(accountId) ?? { state: "idle", reason: "none" };
  }

  /** Whoever asks and is told of a match learns its end. */
  async findAll(accountIds: readonly string[]): Promise<ReadonlyMap<string, MatchState>> {
    const states = await listStates(this.#deps.db.sql, accountIds);
    for (const [accountId, match] of states)
      if (match.state === "matched") this.#notifier.noteMatched(accountId, match.roomId);
    return states;
  }

  async #requireMayMatch(accountId: string, requestId?: string): Promise<void> {
    const refusal = refusalOf(await this.#deps.identity.findAccountStanding(accountId));
    if (refusal === null) return;
    if (requestId) await withdrawRequest(this.#deps.db.sql, requestId);
    throw fail(refusal);
  }

  /**
   * Begins a wait, or finds the one that runs, or the match to which the two have not come yet. In one transaction, so
   * that nobody sees a wait that is none: the row may have waited for the lock of the round that matched this account,
   * and only what is read after it knows of that match.
   */
  #enter(accountId: string): Promise<Waiting | YoungMatch> {
    const { db, newId, limits } = this.#deps;
    return db.transaction(async (tx) => {
      const wait = await insertRequest(tx, { id: newId(), accountId, aliveMs, waitMs: limits.matchWaitMs });
      if (wait === null) throw fail("match.not_allowed");
      const match = await findYoungMatch(tx, accountId);
      if (!match) return wait;
      await withdrawRequest(tx, wait.requestId);
      return match;
    });
  }

  /** Null when one of the two has left the room and this was not written here yet; now it is. */
  async #presentIfRunning(accountId: string, { roomId, madeAt }: YoungMatch): Promise<MatchState | null> {
    const { db, rooms } = this.#deps;
    const room = await rooms.getRoom(accountId, roomId).catch((error: unknown) => {
      if (error instanceof MaruError && error.code === "room.not_found") return null;
      throw error;
    });
    if (room?.state === "open" && room.membership === "active") {
      const match = { state: "matched", roomId: toWireId("room", roomId), matchedAt: madeAt.toISOString() } as const;
      this.#notifier.noteMatched(accountId, match.roomId);
      return match;
    }
    await endMatch(db.sql, roomId);
    return null;
  }
}
