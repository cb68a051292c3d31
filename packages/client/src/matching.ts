import type { MatchState } from "@maru/protocol";
import type { AccountSync } from "./account-sync.ts";
import type { Connection } from "./connection/connection.ts";
import type { ClientCore } from "./core.ts";
import { type Observable, Subject } from "./observable.ts";

const idle: MatchState = { state: "idle", reason: "none" };

/**
 * Meeting a stranger: where one stands, the same on all tabs and devices.
 *
 * @example
 * await maru.match.request();
 * const match = maru.match.snapshot.getSnapshot();
 * if (match.state === "matched") maru.rooms.open(match.roomId);
 */
export class Matching {
  readonly #connection: Connection;
  readonly #state = new Subject<MatchState>(idle);
  #newsCount = 0;
  /** Pushes received before the sync that is on its way was asked for. */
  #newsCountAtSync = 0;

  constructor(connection: Connection, sync: AccountSync) {
    this.#connection = connection;
    connection.onPush("match.changed", ({ match }) => this.#takeNews(match));
    sync.registerSync("matching", {
      ask: () => {
        this.#newsCountAtSync = this.#newsCount;
        return [];
      },
      take: ({ match }) => this.#takeSync(match),
    });
  }

  get snapshot(): Observable<MatchState> {
    return this.#state;
  }

  /** Starts to wait; again is the same wait. */
  async request(): Promise<void> {
    this.#takeAnswer((await this.#connection.command("match.request", {})).match);
  }

  /** Stops waiting; a match already made stays. */
  async cancel(): Promise<void> {
    this.#takeAnswer((await this.#connection.command("match.cancel", {})).match);
  }

  /** Leaves a match and waits for the next partner. */
  async next(roomId: string): Promise<void> {
    this.#takeAnswer((await this.#connection.command("match.next", { roomId })).match);
  }

  /** Takes what a sync said, unless something newer was received while it was on its way. */
  #takeSync(match: MatchState): void {
    if (this.#newsCountAtSync === this.#newsCount) this.#set(match);
  }

  #takeNews(match: MatchState): void {
    this.#newsCount++;
    this.#set(match);
  }

  #set(match: MatchState): void {
    const now = this.#state.getSnapshot();
    // The same wait pushed and replied is one change, not two.
    if (JSON.stringify(now) !== JSON.stringify(match)) this.#state.set(match);
  }

  clear(): void {
    this.#state.set(idle);
  }

  /** An answer that says «waiting» may come after the push that says «matched» of the same wait. */
  #takeAnswer(match: MatchState): void {
    const now = this.#state.getSnapshot();
    if (match.state === "waiting" && now.state === "matched" && now.matchedAt >= match.requestedAt) return;
    this.#takeNews(match);
  }
}

/**
 * Adds meeting a stranger to a client.
 *
 * @example
 * const matching = createMatching(core);
 * matching.snapshot.subscribe(() => console.log(matching.snapshot.getSnapshot().state));
 * await matching.request();
 */
export function createMatching(core: ClientCore): Matching {
  const { connection, sync, follow } = core.foundation;
  const matching = new Matching(connection, sync);
  follow({ signedOut: () => matching.clear() });
  return matching;
}
