import { type MatchState, toWireId } from "@maru/protocol";
import type { MatchNotifier } from "./match-notifier.ts";
import type { MatchingDeps } from "./ports.ts";
import { listWaiting, renewRequests, shortenRequest } from "./store.ts";
import { listStates, listYoungSides, renewSides, shortenSide } from "./store-matches.ts";
import { aliveMs, joinMs } from "./times.ts";

/** More people than this do not wait at once on one installation; beyond it the front of the line is looked after. */
const maxWaiting = 20_000;

/**
 * Vouches for the accounts connected to this node that wait or were matched a moment ago, and tells them what the bus
 * did not: that they wait, that they are matched, that their wait or their match has ended.
 *
 * It reads the whole line and keeps what is connected here: the line is short, the connections are many, so ten
 * thousand people who come back at once cost no query each.
 */
export class Heartbeat {
  readonly #deps: MatchingDeps;
  readonly #notifier: MatchNotifier;
  /** Waits of accounts that are connected here, by account. */
  readonly #waits = new Map<string, string>();
  /** Accounts that are connected here and were matched a moment ago. */
  #matched = new Set<string>();

  constructor(deps: MatchingDeps, notifier: MatchNotifier) {
    this.#deps = deps;
    this.#notifier = notifier;
  }

  /** Looks after a wait from now on, without waiting for the next round. */
  watch(accountId: string, requestId: string): void {
    this.#waits.set(accountId, requestId);
  }

  /** One round. */
  async look(): Promise<void> {
    const believed = this.#notifier.listWaiting();
    const before = new Map(this.#waits);
    const waits = await this.#lookAtLine();
    await this.#lookAtMatches();
    for (const [accountId, requestId] of before) {
      // A wait that began meanwhile is not in what was read.
      if (!waits.has(accountId) && this.#waits.get(accountId) === requestId) this.#waits.delete(accountId);
    }
    for (const [accountId, requestId] of waits) this.#waits.set(accountId, requestId);
    await this.#notifyEnded(believed.filter(([accountId, requestId]) => waits.get(accountId) !== requestId));
    await this.#notifyOver();
  }

  /** Shortens the wait of an account whose last connection here has closed, or its time to come to its match. */
  async leave(accountId: string): Promise<void> {
    if (this.#isHere(accountId)) return;
    const wasWaiting = this.#waits.delete(accountId);
    const wasMatched = this.#matched.delete(accountId);
    if (!wasWaiting && !wasMatched) return;
    const { db, limits } = this.#deps;
    // In this order: a wait that becomes a match in between is found as the match that it has become.
    await shortenRequest(db.sql, accountId, limits.matchGraceMs);
    await shortenSide(db.sql, accountId, limits.matchGraceMs);
  }

  async #lookAtLine(): Promise<Map<string, string>> {
    const { db } = this.#deps;
    const here = (await listWaiting(db.sql, maxWaiting)).filter((one) => this.#isHere(one.accountId));
    if (here.length === 0) return new Map();
    await renewRequests(
      db.sql,
      here.map((one) => one.accountId),
      aliveMs,
    );
    for (const { accountId, requestId, requestedAt } of here) {
      const match: MatchState = { state: "waiting", requestedAt: new Date(requestedAt).toISOString() };
      this.#notifier.confirmWaiting({ accountId, requestId, match });
    }
    return new Map(here.map((one) => [one.accountId, one.requestId]));
  }

  async #lookAtMatches(): Promise<void> {
    const { db } = this.#deps;
    const here = (await listYoungSides(db.sql)).filter((side) => this.#isHere(side.accountId));
    this.#matched = new Set(here.map((side) => side.accountId));
    if (here.length === 0) return;
    await renewSides(db.sql, [...this.#matched], { aliveMs, joinMs });
    for (const { accountId, requestId, roomId, madeAt } of here) {
      const match = { state: "matched", roomId: toWireId("room", roomId), matchedAt: madeAt.toISOString() } as const;
      this.#notifier.deliver({ accountId, requestId, match });
    }
  }

  /** Notifies those who believe to wait, but do not, what is true. */
  async #notifyEnded(believed: readonly (readonly [string, string])[]): Promise<void> {
    const here = believed.filter(([accountId]) => this.#isHere(accountId));
    for (const [accountId] of believed) if (!this.#isHere(accountId)) this.#notifier.forgetWaiting(accountId);
    if (here.length === 0) return;
    const states = await listStates(
      this.#deps.db.sql,
      here.map(([accountId]) => accountId),
    );
    for (const [accountId, requestId] of here) {
      const match = states.get(accountId);
      if (!match || match.state === "waiting" || !this.#notifier.believesWaiting(accountId, requestId)) continue;
      this.#notifier.deliver({ accountId, requestId, match });
    }
  }

  /**
   * Notifies those who believe to be in a match that it is over; how it began is remembered for a minute and the match with
   * it, so nobody is asked about for longer.
   */
  async #notifyOver(): Promise<void> {
    const believed = this.#notifier.listMatched();
    const here = believed.filter(([accountId]) => this.#isHere(accountId));
    for (const [accountId] of believed) if (!this.#isHere(accountId)) this.#notifier.forgetMatched(accountId);
    if (here.length === 0) return;
    const states = await listStates(
      this.#deps.db.sql,
      here.map(([accountId]) => accountId),
    );
    for (const [accountId, roomId] of here) {
      const match = states.get(accountId);
      if (match?.state === "idle") this.#notifier.deliverEnd(accountId, roomId, match);
    }
  }

  #isHere(accountId: string): boolean {
    for (const _ of this.#deps.sockets.connectionsOf(accountId)) return true;
    return false;
  }
}
