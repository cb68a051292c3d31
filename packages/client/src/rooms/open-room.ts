import type { CommandArgument, Message, RoomCatchUp, RoomId, RoomSummary, Timer } from "@maru/protocol";
import { MaruClientError } from "../client-error.ts";
import type { Connection } from "../connection/connection.ts";
import { Subject } from "../observable.ts";
import type { Outbox, UnsentMessage } from "../outbox/outbox.ts";
import type { ClientPorts } from "../ports.ts";
import type { UnreadReaderCounts } from "../unread-reader-counts.ts";
import type { RoomDirectory } from "./room-directory.ts";
import { withMember, withMessage } from "./summaries.ts";
import { type HistoryPage, isKnown, type PageTurn, Timeline, type TimelinePush } from "./timeline.ts";

/** A conversation as it is shown. */
export type RoomSnapshot =
  | { readonly state: "loading" }
  /** There is no such room, or it may not be read any more. */
  | { readonly state: "gone" }
  | { readonly state: "failed"; readonly retry: () => void }
  | {
      readonly state: "ready";
      readonly summary: RoomSummary;
      /** The loaded part of the history, by `seq`, without holes; up to the newest unless `hasNewer`. */
      readonly messages: readonly Message[];
      /** One's own that are not in the room yet, in the order in which they were written. */
      readonly unsent: readonly UnsentMessage[];
      readonly hasOlder: boolean;
      /** True while older history is shown, after a jump: `messages` does not reach the newest. */
      readonly hasNewer: boolean;
      /** How many people have not read what; see `countUnreadReaders`. */
      readonly unreadReaderCounts: UnreadReaderCounts | null;
    };

/** Where in the history: around a `seq`, from a time on (ISO), before or after a `seq`; the newest where nothing is said. */
export type HistoryPlace = Pick<CommandArgument<"message.list">, "around" | "from" | "before" | "after">;

export type OpenRoomDeps = {
  readonly connection: Connection;
  readonly directory: RoomDirectory;
  readonly outbox: Outbox;
  readonly ports: ClientPorts;
};

const pageSize = 50;
/** An epoch that no numbering has. */
const nowhere = "none";
/** How long a missing change is waited for before it is asked for, in ms. */
const gapMs = 150;
/** How long after a read a count that knows of it may take, in ms. */
const recountMs = 2_500;
/** Pause before a question that failed for a while is asked again, in ms. */
const askAgainMs = 1_000;

/** A room that is watched with full pushes: its history, kept true. */
export class OpenRoom {
  readonly snapshot = new Subject<RoomSnapshot>({ state: "loading" });
  readonly #deps: OpenRoomDeps;
  readonly #roomId: RoomId;
  readonly #timeline: Timeline;
  #gapTimer: Timer | null = null;
  #unreadReaderCounts: UnreadReaderCounts | null = null;
  #ownReadSeq = 0;
  #isLoading = false;
  #isPaging = false;
  #isGone = false;

  constructor(roomId: RoomId, deps: OpenRoomDeps) {
    this.#deps = deps;
    this.#roomId = roomId;
    const change = (act: (room: RoomSummary) => RoomSummary) => deps.directory.change(roomId, act);
    this.#timeline = new Timeline({
      onMessage: (message) => {
        change((room) => withMessage(room, message));
        if (isKnown(message) && message.clientMessageId) deps.outbox.confirm(message.clientMessageId);
      },
      onMember: (member) => change((room) => withMember(room, member)),
      onRoom: ({ state, name }, rev) =>
        change((room) => ({
          ...room,
          state,
          rev: Math.max(room.rev, rev),
          canPost: room.canPost && state === "open",
          ...(name === undefined ? {} : { name }),
        })),
    });
  }

  /** What to send to the server when watching: the position held, if there is one. */
  get watch() {
    const { epoch, rev } = this.#timeline;
    const position = epoch !== null && rev !== null ? { epoch, rev } : {};
    return { roomId: this.#roomId, mode: "open" as const, ...position };
  }

  get isLoaded(): boolean {
    return this.#timeline.rev !== null;
  }

  /** Watches the room and loads its newest page. Pushes that come meanwhile are kept. */
  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const { connection } = this.#deps;
    try {
      // A position that no room has is answered by a reset: watching and the newest page in one round trip, with no
      // moment between the two in which something could be missed.
      const { catchUps, goneRoomIds } = await connection.command("room.watch", {
        rooms: [{ roomId: this.#roomId, mode: "open", epoch: nowhere, rev: 0 }],
      });
      if (goneRoomIds.length > 0) return this.leave();
      for (const page of catchUps) this.catchUp(page);
      // Of a kind that this client does not know: there is nothing that it could show.
      if (!this.isLoaded) this.leave();
    } catch (error) {
      this.#onLoadFailed(error);
    } finally {
      this.#isLoading = false;
    }
    this.#askForGap();
  }

  /** Adds a page before what is shown. */
  async loadOlder(): Promise<void> {
    const asked = this.#isPaging ? null : this.#timeline.askOlder();
    if (asked) await this.#page({ before: asked.before }, asked, (page) => this.#timeline.prepend(page, asked));
  }

  /** Adds a page behind what is shown, up to the newest. */
  async loadNewer(): Promise<void> {
    const asked = this.#isPaging ? null : this.#timeline.askNewer();
    if (asked) await this.#page({ after: asked.after }, asked, (page) => this.#timeline.append(page, asked));
  }

  /** Shows the history around a message, from a moment on, or the newest. Rejects where it cannot be read. */
  async jump(place: HistoryPlace): Promise<void> {
    const asked = this.#timeline.askElsewhere();
    let page = await this.#ask(place, asked);
    // Nothing was said from that moment on: the end is what comes closest.
    if (page.messages.length === 0) page = await this.#ask({}, asked);
    this.#timeline.show(page, asked);
    this.publish();
  }

  async #page(place: HistoryPlace, asked: PageTurn, take: (page: HistoryPage) => void): Promise<void> {
    this.#isPaging = true;
    try {
      take(await this.#ask(place, asked));
      this.publish();
    } catch {
      // The list asks again when it is scrolled again.
    } finally {
      this.#isPaging = false;
    }
  }

  async #ask(place: HistoryPlace, asked: PageTurn): Promise<HistoryPage> {
    try {
      const { connection } = this.#deps;
      return await connection.command("message.list", { roomId: this.#roomId, ...place, limit: pageSize });
    } catch (error) {
      this.#timeline.giveUp(asked);
      throw error;
    }
  }

  push(push: TimelinePush): void {
    if (!this.#timeline.push(push) || this.#timeline.isHopeless) {
      void this.load();
      return;
    }
    this.publish();
    if (this.#timeline.hasGap) this.#askForGapLater();
  }

  /** Notes where the room stands in place of what changed, which was too much to be pushed: asks for it. */
  advance({ epoch, rev }: { readonly epoch: string; readonly rev: number }): void {
    if (!this.#timeline.note(epoch, rev)) void this.load();
    else if (this.#timeline.hasGap) this.#askForGapLater();
  }

  /** Takes the answer to a watch or to a question about a gap. */
  catchUp(missed: RoomCatchUp): void {
    this.#isGone = false;
    if (missed.reset) {
      this.#deps.directory.put([missed.room]);
      this.#ownReadSeq = Math.max(this.#ownReadSeq, missed.room.readSeq);
      this.#timeline.load({ messages: missed.messages, hasOlder: missed.hasOlder, rev: missed.toRev }, missed.epoch);
    } else this.#timeline.catchUp(missed);
    this.publish();
  }

  /** Takes how many people have not read what. */
  count({ toSeq, steps }: Pick<UnreadReaderCounts, "toSeq" | "steps">): void {
    this.#unreadReaderCounts = { toSeq, steps, ownReadSeq: this.#ownReadSeq };
    this.publish();
  }

  /** Notes that the server knows how far oneself has read. */
  confirmRead(seq: number): void {
    this.#ownReadSeq = Math.max(this.#ownReadSeq, seq);
    // A count that knows of it usually follows. Where none does, the one that is held knew already.
    this.#deps.ports.clock.setTimeout(() => {
      if (this.#unreadReaderCounts === null || this.#unreadReaderCounts.ownReadSeq >= seq) return;
      this.#unreadReaderCounts = { ...this.#unreadReaderCounts, ownReadSeq: seq };
      this.publish();
    }, recountMs);
  }

  /** Takes one's own message from the reply to its send. */
  offerMessage(message: Message): void {
    this.#timeline.offerMessage(message);
    this.publish();
    if (this.#timeline.hasGap) this.#askForGapLater();
  }

  /** A loaded message by its `seq`, or null. */
  findMessage(seq: number): Message | null {
    const line = this.#timeline.messages.find((held) => held.seq === seq);
    return line && isKnown(line) ? line : null;
  }

  /** The `ord` of a loaded message; the read cursor moves by it before the server answers. */
  findOrd(seq: number): number | null {
    return this.#timeline.messages.findLast((message) => message.seq <= seq)?.ord ?? null;
  }

  /** How far whoever has seen a message has read: see `Timeline`. */
  reachOf(seq: number): number {
    return this.#timeline.reachOf(seq);
  }

  /** Marks that the room may not be read any more. */
  leave(): void {
    this.#isGone = true;
    this.snapshot.set({ state: "gone" });
  }

  /** Makes the snapshot anew from what is held. */
  publish(): void {
    const summary = this.#deps.directory.find(this.#roomId);
    if (!summary || this.#timeline.rev === null || this.#isGone) return;
    const { messages, hasOlder, hasNewer } = this.#timeline;
    // The same list as long as nothing is left out of it.
    const shown = messages.every(isKnown) ? messages : messages.filter(isKnown);
    const unsent = this.#deps.outbox.list(this.#roomId);
    this.snapshot.set({
      state: "ready",
      summary,
      messages: shown,
      unsent,
      hasOlder,
      hasNewer,
      unreadReaderCounts: this.#unreadReaderCounts,
    });
  }

  #onLoadFailed(error: unknown): void {
    if (isTemporary(error)) this.#later(() => this.load());
    if (error instanceof MaruClientError && error.code === "room.not_found") this.leave();
    else if (this.snapshot.getSnapshot().state !== "ready") {
      const retry = () => {
        this.snapshot.set({ state: "loading" });
        void this.load();
      };
      this.snapshot.set({ state: "failed", retry });
    }
  }

  #askForGapLater(): void {
    this.#gapTimer ??= this.#deps.ports.clock.setTimeout(() => {
      this.#gapTimer = null;
      this.#askForGap();
    }, gapMs);
  }

  #askForGap(): void {
    const { epoch, rev, hasGap } = this.#timeline;
    if (!hasGap || epoch === null || rev === null) return;
    this.#deps.connection.command("room.changes", { roomId: this.#roomId, epoch, rev }).then(
      (missed) => this.catchUp(missed),
      (error) => {
        if (isTemporary(error)) this.#later(() => this.#askForGap());
      },
    );
  }

  /** Acts after a pause, unless the connection is gone by then: the next one asks for everything missed. */
  #later(act: () => unknown): void {
    const { connection, ports } = this.#deps;
    ports.clock.setTimeout(() => {
      if (connection.isOnline) act();
    }, askAgainMs);
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof MaruClientError && error.temporary;
}
