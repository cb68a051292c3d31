import type { MatchState } from "@maru/protocol";
import type { MatchingBus, MatchingLog, MatchingSockets } from "./ports.ts";

/** What became of a wait. `requestId` tells this wait from an earlier or later one of the account. */
export type News = { readonly accountId: string; readonly requestId: string; readonly match: MatchState };

const newsSubject = "matching.news";
const requestedSubject = "matching.requested";
/** Waits whose last news is remembered, to drop what comes late or twice. */
const rememberedWaits = 50_000;

/**
 * Tells all tabs of an account, on every node, what became of its wait. The bus may lose, double or reorder: a wait that
 * ended never goes back to waiting, and the same news is told once. What the bus lost, the keeper finds.
 */
export class NewsDesk {
  readonly #bus: MatchingBus;
  readonly #sockets: MatchingSockets;
  readonly #log: MatchingLog;
  readonly #lastTold = new Map<string, MatchState["state"]>();
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
      this.#bus.subscribe(newsSubject, (payload) => this.#hear(payload)),
      this.#bus.subscribe(requestedSubject, () => onRequested()),
    ]);
    return async () => {
      for (const end of ends) await end();
    };
  }

  /** Tells here and everywhere else. */
  tell(news: News): void {
    this.deliver(news);
    this.#bus.publish(newsSubject, JSON.stringify(news));
  }

  /** Wakes the node that pairs. */
  announceRequest(): void {
    this.#onRequested();
    this.#bus.publish(requestedSubject, "");
  }

  /** Tells the account's connections on this node, unless they know. */
  deliver({ accountId, requestId, match }: News): void {
    const before = this.#lastTold.get(requestId);
    if (before !== undefined && (before === match.state || match.state === "waiting")) return;
    this.#lastTold.delete(requestId);
    this.#lastTold.set(requestId, match.state);
    for (const oldest of this.#lastTold.keys()) {
      if (this.#lastTold.size <= rememberedWaits) break;
      this.#lastTold.delete(oldest);
    }
    this.#sockets.pushToAccount(accountId, { push: "match.changed", match });
  }

  #hear(payload: string): void {
    try {
      this.deliver(JSON.parse(payload) as News);
    } catch (error) {
      this.#log.warn("Unreadable matching news.", { error });
    }
  }
}
