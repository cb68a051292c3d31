import { MaruError } from "../../platform/errors.ts";
import { LeaseLost } from "../../platform/leases.ts";
import type { MatchNotifier, News } from "./match-notifier.ts";
import type { MatchingDeps } from "./ports.ts";
import { insertEnding, restoreRequest } from "./store.ts";
import { type BrokenMatch, listBroken, markJoined, voidMatch } from "./store-matches.ts";
import { aliveMs } from "./times.ts";

/**
 * Undoes matches to which somebody never came: the tab was closed in the moment of the match and did not return within
 * the grace. The room ends, and whoever is there goes back to where they stood in the line.
 */
export class NoShows {
  readonly #deps: MatchingDeps;
  readonly #notifier: MatchNotifier;

  constructor(deps: MatchingDeps, notifier: MatchNotifier) {
    this.#deps = deps;
    this.#notifier = notifier;
  }

  /** One round, under the lease. A match that cannot be undone stops neither the others nor the pairing. */
  async undo(): Promise<void> {
    const { db, log } = this.#deps;
    for (const id of await listBroken(db.sql)) {
      await this.#undoOne(id).catch((error) => {
        if (error instanceof LeaseLost) throw error;
        log.error("A match to which somebody never came is not undone yet.", { error, matchId: id });
      });
    }
  }

  async #undoOne(id: string): Promise<void> {
    const { db, lease, rooms, newId, limits } = this.#deps;
    const undone = await db
      .transaction(async (tx) => {
        await lease.fence(tx);
        const match = await voidMatch(tx, id);
        if (!match) return null;
        const news: News[] = [];
        const announcements: { announce(): void }[] = [];
        const [gone, here] = [match.sides.filter((side) => side.isGone), match.sides.filter((side) => !side.isGone)];
        // The room's row is locked from here on: whether the one who is left is still in it cannot change any more.
        for (const { accountId, requestId } of gone) {
          announcements.push(await rooms.leaveRoomIn(tx, accountId, match.roomId));
          await insertEnding(tx, accountId, "disconnected");
          news.push({ accountId, requestId, match: { state: "idle", reason: "disconnected" } });
        }
        if (await this.#hasTalk(match)) throw new Talked();
        for (const { accountId, requestedAt } of here) {
          if (!(await this.#isStillIn(accountId, match.roomId))) continue;
          const wait = { id: newId(), accountId, requestedAt, aliveMs, waitMs: limits.matchWaitMs };
          const restored = await restoreRequest(tx, wait);
          if (restored === null) continue;
          const at = new Date(restored.requestedAt).toISOString();
          news.push({ accountId, requestId: restored.requestId, match: { state: "waiting", requestedAt: at } });
        }
        return { news, announcements };
      })
      .catch(async (error: unknown) => {
        if (!(error instanceof Talked)) throw error;
        await markJoined(db.sql, id);
        return null;
      });
    if (!undone) return;
    for (const announcement of undone.announcements) announcement.announce();
    for (const news of undone.news) this.#notifier.publish(news);
  }

  /**
   * Whether anything was said: whoever talked has met, and what was said must not be taken from them. Asked as of before
   * this transaction, which holds the room: no message can come any more.
   */
  async #hasTalk({ roomId, sides }: BrokenMatch): Promise<boolean> {
    for (const { accountId } of sides) {
      const room = await this.#deps.rooms.getRoom(accountId, roomId).catch((error: unknown) => {
        if (error instanceof MaruError && error.code === "room.not_found") return null;
        throw error;
      });
      if (room && room.lastOrd > 0) return true;
    }
    return false;
  }

  /** Asks as of before this transaction, in which the partner is leaving. */
  #isStillIn(accountId: string, roomId: string): Promise<boolean> {
    return this.#deps.rooms.getRoom(accountId, roomId).then(
      (room) => room.state === "open" && room.membership === "active",
      (error: unknown) => {
        if (error instanceof MaruError && error.code === "room.not_found") return false;
        throw error;
      },
    );
  }
}

/** Undoes the undoing: the two have talked. */
class Talked extends Error {}
