import type { NewsDesk } from "./news.ts";
import type { MatchingDeps } from "./ports.ts";
import { listStates, listWaiting, renewRequests, shortenRequest } from "./store.ts";

/** How long a node vouches for a connection it holds, in ms; a node that dies lets go after it. */
export const aliveMs = 10_000;
/** More people than this do not wait at once on one installation; beyond it the front of the line is looked after. */
const maxWaiting = 20_000;

/**
 * Vouches for the waiting accounts that are connected to this node, and notices those whose wait ended without news.
 *
 * It reads the whole line and keeps what is connected here: the line is short, the connections are many, so ten
 * thousand people who come back at once cost no query each.
 */
export class Keeper {
  readonly #deps: MatchingDeps;
  readonly #news: NewsDesk;
  /** Waits of accounts that are connected here, by account. */
  #mine = new Map<string, string>();

  constructor(deps: MatchingDeps, news: NewsDesk) {
    this.#deps = deps;
    this.#news = news;
  }

  /** Looks after a wait from now on, without waiting for the next round. */
  watch(accountId: string, requestId: string): void {
    this.#mine.set(accountId, requestId);
  }

  /** One round: vouches, and tells of waits that ended unheard. */
  async look(): Promise<void> {
    const { db, sockets } = this.#deps;
    const before = new Map(this.#mine);
    const { waiting } = await listWaiting(db.sql, maxWaiting);
    const here = waiting.filter((one) => isConnected(sockets.connectionsOf(one.accountId)));
    if (here.length > 0)
      await renewRequests(
        db.sql,
        here.map((one) => one.accountId),
        aliveMs,
      );
    const stillThere = new Map(here.map((one) => [one.accountId, one.requestId]));
    const ended = [...before].filter(([accountId, requestId]) => stillThere.get(accountId) !== requestId);
    for (const [accountId, requestId] of ended) {
      if (this.#mine.get(accountId) === requestId) this.#mine.delete(accountId);
    }
    for (const [accountId, requestId] of stillThere) this.#mine.set(accountId, requestId);
    await this.#tellEnded(ended);
  }

  /** Shortens the wait of an account whose last connection here has closed. */
  async leave(accountId: string): Promise<void> {
    if (isConnected(this.#deps.sockets.connectionsOf(accountId))) return;
    if (!this.#mine.delete(accountId)) return;
    await shortenRequest(this.#deps.db.sql, accountId, this.#deps.limits.matchGraceMs);
  }

  async #tellEnded(ended: readonly (readonly [string, string])[]): Promise<void> {
    if (ended.length === 0) return;
    const states = await listStates(
      this.#deps.db.sql,
      ended.map(([accountId]) => accountId),
    );
    for (const [accountId, requestId] of ended) {
      const match = states.get(accountId);
      if (match && match.state !== "waiting") this.#news.deliver({ accountId, requestId, match });
    }
  }
}

function isConnected(connections: Iterable<unknown>): boolean {
  for (const _ of connections) return true;
  return false;
}
