import {
  type Clock,
  limits,
  type MembershipId,
  type Presence,
  type RoomId,
  type SyncPart,
  type Timer,
} from "@maru/protocol";
import type { AccountSync } from "../account-sync.ts";
import type { Connection } from "../connection/connection.ts";
import { type Observable, Subject } from "../observable.ts";
import type { RoomListSnapshot } from "./room-directory.ts";

/** By member: how somebody is to be seen; who is not in it is not shown at all. */
export type PresenceSnapshot = ReadonlyMap<MembershipId, Presence>;

/** How others see oneself, over all one's devices. */
export type OwnPresence = SyncPart<"presence">["presence"];

const none: PresenceSnapshot = new Map();
/** Changes of the list are followed together, in ms. */
const followMs = 500;

export type PresencesDeps = {
  readonly connection: Connection;
  readonly sync: AccountSync;
  readonly clock: Clock;
  readonly list: Observable<RoomListSnapshot>;
  /** Calls with whether this device is in use, now and at each change. */
  readonly watchUse: (listen: (isUsed: boolean) => void) => void;
};

/**
 * Who is there in the rooms at the top of the list, and reporting whether this device is in use.
 *
 * @example
 * const seen = maru.presences.getSnapshot().get(memberId);
 */
export class Presences {
  readonly snapshot: Observable<PresenceSnapshot>;
  /** How others see oneself; asked for from the first subscriber on, since most clients show it nowhere. */
  readonly own: Observable<OwnPresence | null>;
  readonly #deps: PresencesDeps;
  readonly #subject = new Subject<PresenceSnapshot>(none);
  /** Names what was asked last; empty where it has to be asked anew. */
  #watched = "";
  /** Rooms in which somebody may be seen, as the server said last. */
  #visible: ReadonlySet<RoomId> = new Set();
  readonly #own = new Subject<OwnPresence | null>(null);
  #ownNewsCount = 0;
  #ownNewsCountAtSync = 0;
  #isOwnAsked = false;
  #isUsed = true;
  /** What the server believes of this device; a connection that says nothing counts as used. */
  #isUsedAtServer = true;
  #timer: Timer | null = null;

  constructor(deps: PresencesDeps) {
    this.#deps = deps;
    this.snapshot = this.#subject;
    this.own = {
      getSnapshot: this.#own.getSnapshot,
      subscribe: (listener) => {
        this.#askOwn();
        return this.#own.subscribe(listener);
      },
    };
    const { connection } = deps;
    connection.onPush("presence.changed", ({ memberId, presence }) => {
      this.#subject.set(new Map(this.#subject.getSnapshot()).set(memberId, presence));
    });
    connection.onPush("own_presence.changed", ({ presence }) => this.#takeOwn(presence));
    connection.onOnline(() => {
      this.#watched = "";
      this.#isUsedAtServer = true;
      this.#sendUse();
      this.#followSoon();
    });
    connection.snapshot.subscribe(() => {
      // What was known a while ago is not what is.
      if (connection.isOnline) return;
      if (this.#subject.getSnapshot() !== none) this.#subject.set(none);
      this.#own.set(null);
    });
    deps.list.subscribe(() => this.#followSoon());
    deps.watchUse((isUsed) => {
      this.#isUsed = isUsed;
      if (connection.isOnline) this.#sendUse();
    });
  }

  #askOwn(): void {
    if (this.#isOwnAsked) return;
    this.#isOwnAsked = true;
    this.#deps.sync.registerSync("presence", {
      ask: () => {
        this.#ownNewsCountAtSync = this.#ownNewsCount;
        return [];
      },
      // A push that overtook the answer is newer.
      take: ({ presence }) => {
        if (this.#ownNewsCountAtSync === this.#ownNewsCount) this.#own.set(presence);
      },
    });
  }

  #takeOwn(presence: OwnPresence): void {
    this.#ownNewsCount++;
    if (this.#isOwnAsked) this.#own.set(presence);
  }

  #sendUse(): void {
    if (this.#isUsed === this.#isUsedAtServer) return;
    this.#isUsedAtServer = this.#isUsed;
    const presence = this.#isUsed ? "online" : "away";
    this.#deps.connection.command("presence.set", { presence }).catch(() => {});
  }

  #followSoon(): void {
    if (!this.#deps.connection.isOnline) return;
    this.#timer ??= this.#deps.clock.setTimeout(() => {
      this.#timer = null;
      void this.#follow();
    }, followMs);
  }

  async #follow(): Promise<void> {
    const { connection, list } = this.#deps;
    const rooms = list
      .getSnapshot()
      .rooms.filter((room) => room.kind === "direct" && room.canPost)
      .slice(0, limits.presenceRooms);
    // Two people see each other once both have written: an answer is a reason to ask again where nobody was seen.
    const keyNow = () =>
      rooms
        .map(({ id, lastMessage }) => (this.#visible.has(id) ? id : `${id} ${lastMessage?.authorId ?? ""}`))
        .sort()
        .join();
    const key = keyNow();
    if (!connection.isOnline || key === this.#watched) return;
    this.#watched = key;
    try {
      const { presences } = await connection.command("presence.watch", { roomIds: rooms.map(({ id }) => id) });
      if (this.#watched !== key) return;
      this.#visible = new Set(presences.map(({ roomId }) => roomId));
      this.#watched = keyNow();
      this.#subject.set(new Map(presences.map(({ memberId, presence }) => [memberId, presence])));
    } catch {
      // The next connection, or the next change of the list, asks again.
      if (this.#watched === key) this.#watched = "";
    }
  }
}
