import {
  type Block,
  type CommandArgument,
  limits,
  type MembershipId,
  type Message,
  type Push,
  type RoomId,
  type RoomPush,
  type RoomSummary,
} from "@maru/protocol";
import type { Connection } from "./connection.ts";
import { MessageFeed, type MessageListener } from "./message-feed.ts";
import type { Observable } from "./observable.ts";
import { type HistoryPlace, OpenRoom, type RoomSnapshot } from "./open-room.ts";
import { Outbox } from "./outbox.ts";
import type { ClientPorts } from "./ports.ts";
import { ReadMarks } from "./read-marks.ts";
import { RoomDirectory, type RoomListSnapshot } from "./room-directory.ts";
import { withMessage } from "./summaries.ts";
import { Typing } from "./typing.ts";

/** Rooms kept open behind the one on screen, so that going back waits for nothing. */
const keptOpen = 8;
const listPage = 50;
/** Rooms loaded without being asked for, so that news of any of them is heard. */
const heardRooms = 300;

export type RoomsDeps = { readonly connection: Connection; readonly ports: ClientPorts };

/** Conversations: the list, those that are open, and what can be done in them. */
export class Rooms {
  readonly #connection: Connection;
  readonly #ports: ClientPorts;
  readonly #directory = new RoomDirectory();
  readonly #outbox: Outbox;
  readonly #marks: ReadMarks;
  readonly #feed: MessageFeed;
  /** In the order of their last use. */
  readonly #open = new Map<string, OpenRoom>();
  readonly #typing: Typing;
  readonly #useCounts = new Map<string, number>();
  #isLoadingMore = false;

  constructor({ connection, ports }: RoomsDeps) {
    this.#connection = connection;
    this.#ports = ports;
    this.#outbox = new Outbox({
      ports,
      isOnline: () => connection.isOnline,
      send: async (roomId, clientMessageId, text) =>
        (await connection.command("message.send", { roomId, clientMessageId, text })).message,
      onSent: (roomId, message) => this.#onOwnMessage(roomId, message),
      onChanged: (roomId) => this.#open.get(roomId)?.publish(),
    });
    this.#marks = new ReadMarks(connection, ports.clock);
    this.#feed = new MessageFeed(connection, this.#directory, ports.clock);
    const findSelf = (roomId: string) => this.#directory.find(roomId)?.selfId;
    this.#typing = new Typing({ connection, clock: ports.clock, findSelf });
    this.#directory.onChanged((roomId) => this.#open.get(roomId)?.publish());
    connection.onPush((push) => this.#hear(push));
  }

  /** Calls with each message that people say in any room, once and in order; for bots. Returns how to stop. */
  onMessage(listener: MessageListener): () => void {
    return this.#feed.listen(listener);
  }

  /** The list: pinned first, then what waits for the person, then by last activity. */
  get list(): Observable<RoomListSnapshot> {
    return this.#directory.list;
  }

  /** A room as it is shown; `release` when it is not any more. */
  open(roomId: string): { readonly room: Observable<RoomSnapshot>; readonly release: () => void } {
    const room = this.#use(roomId as RoomId);
    this.#useCounts.set(roomId, (this.#useCounts.get(roomId) ?? 0) + 1);
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      this.#useCounts.set(roomId, (this.#useCounts.get(roomId) ?? 1) - 1);
      this.#closeUnused();
    };
    return { room: room.snapshot, release };
  }

  /** Begins to load a room that is about to be shown. */
  prepare(roomId: string): void {
    this.#use(roomId as RoomId);
  }

  async openDirect(nickname: string): Promise<RoomSummary> {
    return this.#take(await this.#connection.command("direct.open", { nickname }));
  }

  async loadMore(): Promise<void> {
    const cursor = this.#directory.nextCursor;
    if (this.#isLoadingMore || cursor === undefined) return;
    this.#isLoadingMore = true;
    try {
      const page = await this.#connection.command("room.list", { cursor, limit: listPage });
      this.#directory.put(page.rooms);
      this.#directory.page("ready", page.nextCursor);
      await this.#watchHeads(page.rooms);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** Loads the list again after it failed. */
  async reload(): Promise<void> {
    this.#directory.page("loading");
    try {
      const page = await this.#connection.command("room.list", { limit: listPage });
      this.#directory.put(page.rooms);
      this.#directory.page("ready", page.nextCursor);
      await this.#watchHeads(page.rooms);
    } catch {
      this.#directory.page("failed");
    }
  }

  /** Lists archived rooms, a page at a time. */
  listArchived(cursor?: string) {
    return this.#connection.command("room.list", { archived: true, limit: listPage, ...(cursor ? { cursor } : {}) });
  }

  async loadOlder(roomId: string): Promise<void> {
    await this.#open.get(roomId)?.loadOlder();
  }

  async loadNewer(roomId: string): Promise<void> {
    await this.#open.get(roomId)?.loadNewer();
  }

  /**
   * Shows another part of an open room's history: `{ around: seq }` a message, `{ from: time }` what was said since a moment
   * (ISO), `{}` the newest. The first unread message is `{ around: summary.readSeq + 1 }`. Page on with `loadOlder` and
   * `loadNewer`; whoever has reached the newest goes on with what comes.
   */
  async jump(roomId: string, place: Pick<HistoryPlace, "around" | "from">): Promise<void> {
    await this.#open.get(roomId)?.jump(place);
  }

  /** Says something; tells the key under which it waits until it is in the room. */
  send(roomId: string, text: string): string {
    return this.#outbox.add(roomId as RoomId, text);
  }

  retry(_roomId: string, clientMessageId: string): void {
    this.#outbox.retry(clientMessageId);
  }

  discard(_roomId: string, clientMessageId: string): void {
    this.#outbox.discard(clientMessageId);
  }

  async edit(roomId: string, seq: number, text: string): Promise<Message> {
    const { message } = await this.#connection.command("message.edit", { roomId, seq, text });
    this.#open.get(roomId)?.offerMessage(message);
    return message;
  }

  async delete(roomId: string, seq: number): Promise<Message> {
    const { message } = await this.#connection.command("message.delete", { roomId, seq });
    this.#open.get(roomId)?.offerMessage(message);
    return message;
  }

  /** The members who are writing in an open room just now, oneself left out. */
  whoTypes(roomId: string): Observable<readonly MembershipId[]> {
    return this.#typing.in(roomId);
  }

  /** Tells the others in an open room that one is writing, or has stopped. To be called at each change of the text. */
  tellTyping(roomId: string, isTyping: boolean): void {
    this.#typing.tell(roomId, isTyping);
  }

  /** Moves one's read cursor forward; shown at once, told soon. */
  markRead(roomId: string, seq: number): void {
    const room = this.#directory.find(roomId);
    if (!room || (seq <= room.readSeq && !room.markedUnread)) return;
    const ord = seq >= room.lastSeq ? room.lastOrd : (this.#open.get(roomId)?.findOrd(seq) ?? room.readOrd);
    this.#directory.change(roomId, (held) => ({
      ...held,
      readSeq: Math.max(held.readSeq, seq),
      readOrd: Math.max(held.readOrd, ord),
      markedUnread: false,
    }));
    this.#marks.mark(roomId as RoomId, seq);
  }

  /** Changes how one's own list shows a room. */
  async update(roomId: string, change: Omit<CommandArgument<"membership.update">, "roomId">): Promise<RoomSummary> {
    return this.#take(await this.#connection.command("membership.update", { roomId, ...change }));
  }

  async leave(roomId: string): Promise<void> {
    this.#take(await this.#connection.command("room.leave", { roomId }));
  }

  /** Blocks the person behind a member. */
  async block(roomId: string, memberId: MembershipId): Promise<Block> {
    return (await this.#connection.command("member.block", { roomId, memberId })).block;
  }

  /** Called with each new connection: what is open is watched first, then what was missed is read. */
  async resume(sync: {
    readonly rooms: readonly RoomSummary[];
    readonly reset: boolean;
    readonly nextCursor?: string | undefined;
  }) {
    if (sync.reset) {
      const kept = [...this.#open.keys()].map((id) => this.#directory.find(id)).filter((room) => room !== undefined);
      this.#directory.replace([
        ...kept.filter((room) => !sync.rooms.some((each) => each.id === room.id)),
        ...sync.rooms,
      ]);
      this.#directory.page("ready", sync.nextCursor);
    } else {
      this.#directory.put(sync.rooms);
      this.#directory.page("ready", this.#directory.nextCursor);
    }
    this.#outbox.flush();
    await this.#watchHeads([...this.#directory.all()]);
    while (this.#directory.nextCursor !== undefined && [...this.#directory.all()].length < heardRooms) {
      await this.loadMore();
    }
  }

  /** Watches the open rooms again and takes what was missed in them. */
  async resumeOpen(): Promise<void> {
    const rooms = [...this.#open.values()];
    for (const room of rooms) if (!room.isLoaded) void room.load();
    const held = rooms.filter((room) => room.isLoaded);
    if (held.length === 0) return;
    const answer = await this.#connection.command("room.watch", { rooms: held.map((room) => room.watch) });
    for (const missed of answer.catchUps) this.#open.get(missed.roomId)?.catchUp(missed);
    for (const roomId of answer.goneRoomIds) this.#open.get(roomId)?.leave();
  }

  async signedIn(accountId: string): Promise<void> {
    await this.#outbox.open(accountId);
  }

  async signedOut(erases: boolean): Promise<void> {
    this.#open.clear();
    this.#useCounts.clear();
    this.#directory.clear();
    this.#feed.clear();
    await this.#outbox.close(erases);
  }

  listFailed(): void {
    if (this.#directory.list.getSnapshot().state === "loading") this.#directory.page("failed");
  }

  #take({ room }: { room: RoomSummary }): RoomSummary {
    const isNew = this.#directory.find(room.id) === undefined;
    this.#directory.put([room]);
    if (isNew) void this.#watchHeads([room]).catch(() => {});
    return room;
  }

  #use(roomId: RoomId): OpenRoom {
    const held = this.#open.get(roomId);
    const room =
      held ??
      new OpenRoom(roomId, {
        connection: this.#connection,
        directory: this.#directory,
        outbox: this.#outbox,
        ports: this.#ports,
      });
    this.#open.delete(roomId);
    this.#open.set(roomId, room);
    if (!held && this.#connection.isOnline) void room.load();
    return room;
  }

  #closeUnused(): void {
    const unused = [...this.#open.keys()].filter((id) => (this.#useCounts.get(id) ?? 0) === 0);
    for (const roomId of unused.slice(0, Math.max(0, unused.length - keptOpen))) {
      this.#open.delete(roomId);
      this.#useCounts.delete(roomId);
      const room = this.#directory.find(roomId);
      if (room) void this.#watchHeads([room]).catch(() => {});
    }
  }

  async #watchHeads(rooms: readonly RoomSummary[]): Promise<void> {
    const wanted = rooms
      .filter((room) => !this.#open.has(room.id) && room.membership === "active")
      .slice(0, limits.headRooms);
    for (let i = 0; i < wanted.length; i += limits.pageRooms) {
      const part = wanted.slice(i, i + limits.pageRooms);
      await this.#connection.command("room.watch", {
        rooms: part.map(({ id, epoch, rev }) => ({ roomId: id, mode: "head" as const, epoch, rev })),
      });
    }
  }

  #onOwnMessage(roomId: string, message: Message): void {
    this.#directory.change(roomId, (room) => withMessage(room, message));
    this.#open.get(roomId)?.offerMessage(message);
  }

  #hear(push: Push): void {
    switch (push.push) {
      case "membership.changed": {
        // The watch of a room ends for those who leave it; whoever is let back in watches again.
        const isNew = this.#directory.find(push.room.id)?.membership !== "active";
        this.#directory.put([push.room]);
        if (isNew) void this.#watchHeads([push.room]).catch(() => {});
        return;
      }
      case "room.advanced":
        this.#directory.change(push.roomId, (room) => {
          if (push.epoch !== room.epoch || push.rev <= room.rev) return room;
          const advanced = push.lastMessage ? withMessage(room, push.lastMessage) : room;
          return { ...advanced, rev: push.rev, lastSeq: push.lastSeq, lastOrd: push.lastOrd };
        });
        this.#open.get(push.roomId)?.advance(push);
        return;
      case "readers.counted":
        this.#open.get(push.roomId)?.count(push);
        return;
      case "match.changed":
      case "typing.changed":
      case "presence.changed":
        return;
      default:
        this.#open.get(push.roomId)?.push(push satisfies RoomPush);
    }
  }
}
