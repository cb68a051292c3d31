import {
  type AccountLimits,
  type Block,
  type CommandArgument,
  dropUnstorable,
  type MembershipId,
  type Message,
  type RoomId,
  type RoomPush,
  type RoomSummary,
  type SyncPart,
} from "@maru/protocol";
import type { AccountSync } from "../account-sync.ts";
import type { StorageState } from "../connection/browser.ts";
import type { Connection } from "../connection/connection.ts";
import type { Observable } from "../observable.ts";
import type { CarefulOutboxStorage } from "../outbox/careful-outbox-storage.ts";
import { Outbox } from "../outbox/outbox.ts";
import type { ClientPorts } from "../ports.ts";
import { type MessageDraft, replyExtra } from "./message-draft.ts";
import { MessageFeed, type MessageListener } from "./message-feed.ts";
import type { HistoryPlace, RoomSnapshot } from "./open-room.ts";
import { OpenRooms } from "./open-rooms.ts";
import { ReadReceiptQueue } from "./read-receipt-queue.ts";
import { RoomDirectory, type RoomListSnapshot } from "./room-directory.ts";
import { RoomList } from "./room-list.ts";
import { withMessage } from "./summaries.ts";
import { isKnown } from "./timeline.ts";
import { Typing } from "./typing.ts";

export type RoomsDeps = {
  readonly connection: Connection;
  readonly sync: AccountSync;
  readonly ports: ClientPorts;
  readonly storage: CarefulOutboxStorage;
  readonly limits: Observable<AccountLimits>;
};

/** The pushes that are numbered changes of a room, all of them. */
const changePushes: Readonly<Record<RoomPush["push"], true>> = {
  "message.sent": true,
  "message.edited": true,
  "message.deleted": true,
  "member.joined": true,
  "member.left": true,
  "member.updated": true,
  "room.updated": true,
};

/**
 * Conversations: the list, those that are open, and what can be done in them.
 *
 * @example
 * const { room, release } = maru.rooms.open(roomId);
 * room.subscribe(() => console.log(room.getSnapshot()));
 * maru.rooms.send(roomId, "안녕하세요");
 */
export class Rooms {
  /** Whether what waits to be sent outlives this page; where it is refused, it is tried again and held meanwhile. */
  readonly storage: Observable<StorageState>;
  readonly #connection: Connection;
  readonly #directory = new RoomDirectory();
  readonly #list: RoomList;
  readonly #open: OpenRooms;
  readonly #outbox: Outbox;
  readonly #marks: ReadReceiptQueue;
  readonly #feed: MessageFeed;
  readonly #typing: Typing;

  constructor({ connection, sync, ports, storage, limits }: RoomsDeps) {
    this.#connection = connection;
    this.storage = storage.state;
    const directory = this.#directory;
    this.#outbox = new Outbox({
      ports,
      storage,
      limits,
      isOnline: () => connection.isOnline,
      send: async (roomId, clientMessageId, text, extra) => {
        const carried = extra === undefined ? {} : { extra };
        return (await connection.command("message.send", { roomId, clientMessageId, text, ...carried })).message;
      },
      onSent: (roomId, message) => this.#onOwnMessage(roomId, message),
      onChanged: (roomId) => this.#open.find(roomId)?.publish(),
    });
    this.#open = new OpenRooms({
      connection,
      directory,
      outbox: this.#outbox,
      ports,
      onClosed: (roomId) => {
        const room = directory.find(roomId);
        if (room) this.#list.watchAgain([room]);
      },
    });
    this.#list = new RoomList({ connection, directory, openIds: () => this.#open.ids() });
    this.#marks = new ReadReceiptQueue(connection, ports.clock, (roomId, seq) =>
      this.#open.find(roomId)?.confirmRead(seq),
    );
    this.#feed = new MessageFeed(connection, directory, ports.clock);
    const findSelf = (roomId: string) => directory.find(roomId)?.selfId;
    this.#typing = new Typing({ connection, clock: ports.clock, findSelf });
    directory.onChanged((roomId) => this.#open.find(roomId)?.publish());
    this.#listen();
    sync.registerSync("rooms", {
      ask: () => this.#list.held,
      watch: () => this.#open.resume(),
      take: (part) => this.#resume(part),
      fail: () => this.#list.fail(),
    });
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
    return this.#open.open(roomId as RoomId);
  }

  /** Begins to load a room that is about to be shown. */
  prepare(roomId: string): void {
    this.#open.prepare(roomId as RoomId);
  }

  async openDirect(nickname: string): Promise<RoomSummary> {
    return this.#list.take((await this.#connection.command("direct.open", { nickname })).room);
  }

  loadMore(): Promise<void> {
    return this.#list.loadMore();
  }

  /** Loads the list again after it failed. */
  reload(): Promise<void> {
    return this.#list.reload();
  }

  /** Lists archived rooms, a page at a time. */
  listArchived(cursor?: string) {
    return this.#list.listArchived(cursor);
  }

  async loadOlder(roomId: string): Promise<void> {
    await this.#open.find(roomId)?.loadOlder();
  }

  async loadNewer(roomId: string): Promise<void> {
    await this.#open.find(roomId)?.loadNewer();
  }

  /**
   * Shows another part of an open room's history: `{ around: seq }` a message, `{ from: time }` what was said since a moment
   * (ISO), `{}` the newest. The first unread message is `{ around: summary.readSeq + 1 }`. Page on with `loadOlder` and
   * `loadNewer`; whoever has reached the newest goes on with what comes.
   */
  async jump(roomId: string, place: Pick<HistoryPlace, "around" | "from">): Promise<void> {
    await this.#open.find(roomId)?.jump(place);
  }

  /**
   * Sends a message; returns the key under which it waits until it is in the room. Half a surrogate pair is left out; a text
   * that shows nothing, or is too long, throws (`message.empty`, `message.too_long`). `replyTo` is the `seq` of the message
   * that it answers; `findMessage` finds that one again.
   */
  send(roomId: string, said: string | MessageDraft): string {
    const { text, replyTo } = typeof said === "string" ? { text: said } : said;
    return this.#outbox.add(roomId as RoomId, text, replyTo === undefined ? undefined : replyExtra(replyTo));
  }

  /**
   * Finds a message by its `seq`, as the one that a reply answers: among what is loaded, else on the server. A deleted one has
   * `deletedAt` and no text; null where this person has no such message.
   */
  async findMessage(roomId: string, seq: number): Promise<Message | null> {
    const held = this.#open.find(roomId)?.findMessage(seq);
    if (held) return held;
    const { messages } = await this.#connection.command("message.list", { roomId, after: seq - 1, limit: 1 });
    return messages.find((message) => message.seq === seq && isKnown(message)) ?? null;
  }

  retry(_roomId: string, clientMessageId: string): void {
    this.#outbox.retry(clientMessageId);
  }

  discard(_roomId: string, clientMessageId: string): void {
    this.#outbox.discard(clientMessageId);
  }

  async edit(roomId: string, seq: number, text: string): Promise<Message> {
    const edit = { roomId, seq, text: dropUnstorable(text) };
    const { message } = await this.#connection.command("message.edit", edit);
    this.#open.find(roomId)?.offerMessage(message);
    return message;
  }

  async delete(roomId: string, seq: number): Promise<Message> {
    const { message } = await this.#connection.command("message.delete", { roomId, seq });
    this.#open.find(roomId)?.offerMessage(message);
    return message;
  }

  /** The members who are writing in an open room just now, oneself left out. */
  whoTypes(roomId: string): Observable<readonly MembershipId[]> {
    return this.#typing.in(roomId);
  }

  /** Notifies the others in an open room that one is writing, or has stopped. To be called at each change of the text. */
  setTyping(roomId: string, isTyping: boolean): void {
    this.#typing.set(roomId, isTyping);
  }

  /**
   * Moves one's read cursor forward; shown at once, sent soon. Reaching the cursor once more ends a mark "unread"; what lies
   * before it is no news and ends nothing.
   */
  markRead(roomId: string, seenSeq: number): void {
    const room = this.#directory.find(roomId);
    const seq = this.#open.find(roomId)?.reachOf(seenSeq) ?? seenSeq;
    if (!room || seq < room.readSeq || (seq === room.readSeq && !room.markedUnread)) return;
    const ord = seq >= room.lastSeq ? room.lastOrd : (this.#open.find(roomId)?.findOrd(seq) ?? room.readOrd);
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
    return this.#list.take((await this.#connection.command("membership.update", { roomId, ...change })).room);
  }

  async leave(roomId: string): Promise<void> {
    this.#list.take((await this.#connection.command("room.leave", { roomId })).room);
  }

  /** Blocks the person behind a member. */
  async block(roomId: string, memberId: MembershipId): Promise<Block> {
    return (await this.#connection.command("member.block", { roomId, memberId })).block;
  }

  /** Those whom one has blocked. */
  async listBlocks(): Promise<readonly Block[]> {
    return (await this.#connection.command("block.list", {})).blocks;
  }

  /** Ends a block. */
  async removeBlock(blockId: string): Promise<void> {
    await this.#connection.command("block.remove", { blockId });
  }

  async signedIn(accountId: string): Promise<void> {
    await this.#outbox.open(accountId);
  }

  async signedOut(erases: boolean): Promise<void> {
    this.#open.clear();
    this.#list.clear();
    this.#feed.clear();
    await this.#outbox.close(erases);
  }

  #onOwnMessage(roomId: string, message: Message): void {
    this.#directory.change(roomId, (room) => withMessage(room, message));
    this.#open.find(roomId)?.offerMessage(message);
  }

  /** With each new connection, once it is known what was missed: what waits goes out, the list is watched. */
  async #resume(part: SyncPart<"rooms">): Promise<void> {
    this.#outbox.flush();
    const resumed = this.#list.resume(part);
    this.#marks.resume(part.rooms);
    await resumed;
  }

  #listen(): void {
    const connection = this.#connection;
    connection.onPush("membership.changed", ({ room }) => void this.#list.take(room));
    connection.onPush("room.advanced", (push) => {
      this.#list.advance(push);
      this.#open.find(push.roomId)?.advance(push);
    });
    connection.onPush("readers.counted", (push) => this.#open.find(push.roomId)?.count(push));
    for (const name of Object.keys(changePushes) as RoomPush["push"][]) {
      connection.onPush(name, (push: RoomPush) => this.#open.find(push.roomId)?.push(push));
    }
    // A change that this client does not know moves the room's position all the same.
    connection.onPush("unknown", ({ change }) => {
      if (change) this.#open.find(change.roomId)?.push(change);
    });
  }
}
