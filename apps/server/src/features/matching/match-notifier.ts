import type { MatchState, RoomId } from "@maru/protocol";
import type { MatchingBus, MatchingLog, MatchingSockets } from "./ports.ts";

/** What became of a wait. `requestId` tells this wait from an earlier or later one of the account. */
export type News = {
  readonly accountId: string;
  readonly requestId: string;
  readonly match: MatchState;
  /** The match that is over, where that is the news. */
  readonly endedRoomId?: RoomId;
};

const newsSubject = "matching.news";
const requestedSubject = "matching.requested";
/** Waits, and accounts, whose last news is remembered, to drop what comes late or twice. */
const maxRemembered = 50_000;

/**
 * Notifies all tabs of an account, on every node, what became of its wait. The bus may lose, double or reorder: a wait that
 * ended never goes back to waiting, the end of a match does not undo what came after it, and the same news is pushed once.
 * What the bus lost, the heartbeat finds.
 */
export class MatchNotifier {
  readonly #bus: MatchingBus;
  readonly #sockets: MatchingSockets;
  readonly #log: MatchingLog;
  /** What was pushed last of each wait. */
  readonly #lastPushed = new Map<string, MatchState["state"]>();
  /** The wait of each account that was told last that it waits. */
  readonly #waiting = new Map<string, string>();
  /** The wait of each account that something was told of last. */
  readonly #latest = new Map<string, string>();
  /** Accounts that leave a match in order to wait again: its end is no news to them. */
  readonly #goingOn = new Set<string>();
  /** The match of each account that was told last that it is in one. */
  readonly #matched = new Map<string, RoomId>();
  #onRequested: () => void = () => {};

  constructor(bus: MatchingBus, sockets: MatchingSockets, log: MatchingLog) {
    this.#bus = bus;
    this.#sockets = sockets;
    this.#log = log;
  }

  /** Starts to listen; `onRequested` is called when somebody on any node began to wait. */
  async open(onRequested: () => void): Promise<() => Promise<void>> {
    this.#onRequested = onRequested;
    const ends = await Promise.all([
      this.#bus.subscribe(newsSubject, (payload) => this.#receive(payload)),
      this.#bus.subscribe(requestedSubject, () => onRequested()),
    ]);
    return async () => {
      for (const end of ends) await end();
    };
  }

  /** Notifies the account here and on every other node. */
  publish(news: News): void {
    this.deliver(news);
    this.#bus.publish(newsSubject, JSON.stringify(news));
  }

  /** Keeps back the end of a match from who leaves it for a wait that begins in `begin`; else they saw it come and go. */
  async goOn<T>(accountId: string, begin: () => Promise<T>): Promise<T> {
    this.#goingOn.add(accountId);
    try {
      return await begin();
    } finally {
      this.#goingOn.delete(accountId);
    }
  }

  /** Wakes the node that pairs. */
  announceRequest(): void {
    this.#onRequested();
    this.#bus.publish(requestedSubject, "");
  }

  /** Lists the accounts that believe that they wait, and the wait they were told of. */
  listWaiting(): [accountId: string, requestId: string][] {
    return [...this.#waiting];
  }

  /** Whether an account still believes that it is in this wait. */
  believesWaiting(accountId: string, requestId: string): boolean {
    return this.#waiting.get(accountId) === requestId;
  }

  /** Forgets that an account believes to wait: nobody is there to believe it. */
  forgetWaiting(accountId: string): void {
    this.#waiting.delete(accountId);
  }

  /** Notes that an account was told of a match in answer to a question. */
  noteMatched(accountId: string, roomId: RoomId): void {
    if (!this.#waiting.has(accountId)) remember(this.#matched, accountId, roomId);
  }

  /** Lists the accounts that believe that they are in a match, and that match. */
  listMatched(): [accountId: string, roomId: RoomId][] {
    return [...this.#matched];
  }

  /** Forgets that an account believes to be in a match: nobody is there to believe it. */
  forgetMatched(accountId: string): void {
    this.#matched.delete(accountId);
  }

  /** Notifies an account that still believes in a match that it is over. */
  deliverEnd(accountId: string, roomId: RoomId, match: MatchState): void {
    if (this.#matched.get(accountId) === roomId && !this.#goingOn.has(accountId))
      this.#pushState(accountId, null, match);
  }

  /** Whether this node has told the end of a wait. */
  hasEnded(requestId: string): boolean {
    const last = this.#lastPushed.get(requestId);
    return last !== undefined && last !== "waiting";
  }

  /** Pushes to the account's connections on this node, unless they know. */
  deliver(news: News): void {
    const before = this.#lastPushed.get(news.requestId);
    if (before === "idle" || before === news.match.state || (before !== undefined && news.match.state === "waiting"))
      return;
    if (news.endedRoomId !== undefined && this.#hasGoneOn(news, news.endedRoomId)) return;
    this.#push(news);
  }

  /**
   * Notifies of a wait that the database knows of, if it is not the last that was told: late news of the account's earlier wait
   * may have come after it.
   */
  confirmWaiting(news: News): void {
    const before = this.#lastPushed.get(news.requestId);
    if (before === undefined || (before === "waiting" && this.#waiting.get(news.accountId) !== news.requestId))
      this.#push(news);
  }

  /** Whether an account has been told since of a later wait or match, be it over by now or not. */
  #hasGoneOn({ accountId, requestId }: News, roomId: RoomId): boolean {
    if (this.#goingOn.has(accountId) || (this.#latest.get(accountId) ?? requestId) !== requestId) return true;
    return this.#waiting.has(accountId) || (this.#matched.get(accountId) ?? roomId) !== roomId;
  }

  #push({ accountId, requestId, match }: News): void {
    remember(this.#lastPushed, requestId, match.state);
    remember(this.#latest, accountId, requestId);
    this.#pushState(accountId, requestId, match);
  }

  #pushState(accountId: string, requestId: string | null, match: MatchState): void {
    this.#waiting.delete(accountId);
    this.#matched.delete(accountId);
    if (match.state === "waiting" && requestId !== null) remember(this.#waiting, accountId, requestId);
    if (match.state === "matched") remember(this.#matched, accountId, match.roomId);
    this.#sockets.pushToAccount(accountId, { push: "match.changed", match });
  }

  #receive(payload: string): void {
    try {
      this.deliver(JSON.parse(payload) as News);
    } catch (error) {
      this.#log.warn("Unreadable matching news.", { error });
    }
  }
}

/** Puts a value last and forgets the first ones beyond the bound. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxRemembered) break;
    map.delete(oldest);
  }
}
