import type { OpenAPIHono } from "@hono/zod-openapi";
import { fromWireId, type RoomKind, type RoomSummary } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import { RateLimiter } from "../../platform/rate-limiter.ts";
import { AccountFeed } from "./account-feed.ts";
import { AccountLog } from "./account-log.ts";
import { Append } from "./append.ts";
import { Blocking } from "./blocking.ts";
import { CatchUps } from "./catch-up.ts";
import type { RoomChanges } from "./changes.ts";
import { Delivery } from "./delivery.ts";
import { Epochs } from "./epochs.ts";
import { Erasing } from "./erasing.ts";
import { type RoomEventListener, RoomEvents } from "./events.ts";
import { type AccountEnv, registerRoutes } from "./http.ts";
import { type Joiner, Joining } from "./joining.ts";
import { Leaving } from "./leaving.ts";
import { Listing } from "./listing.ts";
import { Making, type NewMatchRoom } from "./making.ts";
import { Messages } from "./messages.ts";
import { listPeers } from "./peers.ts";
import { Policies, type RoomPolicy } from "./policy.ts";
import type { MatchStateSource, RoomsDeps, RoomsGateway, Sql } from "./ports.ts";
import { ReadCursors } from "./read-cursors.ts";
import { registerCommands } from "./realtime.ts";
import { Renaming } from "./renaming.ts";
import { RoomList } from "./room-list.ts";
import type { Sequencer, SequencerPort } from "./sequencer.ts";
import { ShowingAgain } from "./showing-again.ts";
import { Sights } from "./sights.ts";
import { Typing } from "./typing.ts";
import { Watches } from "./watches.ts";

export type { RoomEventListener } from "./events.ts";
export type { NewMatchRoom } from "./making.ts";
export { canPostByDefault, type RoomPolicy } from "./policy.ts";
export type { RoomsDeps, RoomsGateway } from "./ports.ts";
export { recountUnread } from "./recount.ts";

/** Parts that tests replace by faulty ones, to show that the faults are found. */
export type RoomsFaults = { readonly createSequencer?: (port: SequencerPort) => Sequencer };

export type Rooms = ReturnType<typeof createRooms>;

/** Rooms, their members and messages, and their delivery. The only door of the feature. */
export function createRooms(deps: RoomsDeps, faults: RoomsFaults = {}) {
  const { clock, limits, log } = deps;
  const policies = new Policies();
  const epochs = new Epochs();
  const events = new RoomEvents(log);
  const announce = (list: readonly RoomChanges[]) => delivery.announce(list);
  const sightListeners: ((accountId: string, roomId: string) => void)[] = [];
  const sights = new Sights(deps);
  const told = (accountId: string, room: RoomSummary) => {
    const roomId = fromWireId(room.id);
    if (room.blocked) watches.pause(accountId, roomId);
    else if (room.kind === "direct") watches.resume(accountId, roomId);
    if (room.canPost && room.membership === "active") return;
    for (const listen of sightListeners) listen(accountId, roomId);
  };
  const feed = new AccountFeed({ ...deps, policies, epochs, told });
  const catchUps = new CatchUps({ ...deps, policies, epochs, feed });
  const watches: Watches = new Watches({ ...deps, catchUps, feed, epochs, delivery: () => delivery });
  const endWatches = (accountId: string, roomId: string) => watches.revoke(accountId, roomId);
  const pauseWatches = (accountId: string, roomId: string) => watches.pause(accountId, roomId);
  const pauseMoved = (roomId: string) => sights.tell(roomId);
  const maxFill = limits.catchUpChanges;
  const cuts = { endWatches, pauseWatches, pauseMoved };
  const delivery = new Delivery({ ...deps, ...faults, ...cuts, epochs, policies, maxFill });
  const showingAgain = new ShowingAgain({ ...deps, feed });
  const append = new Append({ ...deps, epochs, events, announce, noticeHidden: (ids) => showingAgain.notice(ids) });
  const messages = new Messages({ ...deps, append, rates: new RateLimiter(clock), policies, epochs, feed, announce });
  const list = new RoomList({ ...deps, feed, policies });
  const listing = new Listing({ ...deps, feed, policies, list });
  const leaving = new Leaving({ ...deps, policies, epochs, feed, events, announce });
  const erasing = new Erasing({ ...deps, leaving, feed });
  const joining = new Joining({ ...deps, policies, epochs, feed, announce });
  const making = new Making({ ...deps, feed });
  const blocking = new Blocking({ ...deps, policies, feed, leaving, sights });
  const renaming = new Renaming({ ...deps, policies, epochs, feed, announce });
  const readCursors = new ReadCursors({ ...deps, feed, announceReads: (ids) => delivery.announceReads(ids) });
  const typing = new Typing({
    ...deps,
    watches,
    isBusy: deps.isBusy ?? (() => false),
    announcePassing: (roomId, frame) => delivery.announcePassing(roomId, frame),
  });
  const accountLog = new AccountLog({ ...deps, epochs, feed, list, catchUps });
  const parts = {
    ...deps,
    messages,
    watches,
    catchUps,
    accountLog,
    list,
    listing,
    leaving,
    making,
    blocking,
    readCursors,
    typing,
  };

  return {
    /** Registers the commands of the feature. */
    register(gateway: RoomsGateway): void {
      registerCommands(gateway, parts);
      gateway.onClosed((connection) => watches.closed(connection));
    },

    /** Registers the HTTP routes; `requireAccount` leaves the account's right with the request. */
    routes(app: OpenAPIHono<AccountEnv>, requireAccount: MiddlewareHandler<AccountEnv>): void {
      registerRoutes(app, requireAccount, parts);
    },

    /** Resolves when the node may serve rooms. After the migrations, before the first connection. */
    async start(): Promise<void> {
      await epochs.refresh(deps.db.sql);
      await feed.start();
      await sights.start();
      delivery.served.start();
    },

    /** Finishes what is queued, then stops. The last step before the bus and the database close. */
    async stop(): Promise<void> {
      await Promise.all([append.whenIdle(), readCursors.whenIdle()]);
      delivery.close();
      feed.close();
      sights.close();
    },

    /** Supplies the rules of a kind of room. */
    registerPolicy: (kind: RoomKind, policy: RoomPolicy): void => policies.register(kind, policy),
    /** Supplies what `account.sync` says about matching. */
    provideMatchState: (source: MatchStateSource): void => accountLog.provideMatchState(source),
    /** Tells what happened in rooms, after the commit, on the node that wrote it. Returns how to stop. */
    onRoomEvent: (listener: RoomEventListener) => events.listen(listener),

    /** Lists the others in those of the rooms where this account may see who is there. */
    listPeers: (accountId: string, roomIds: readonly string[]) => listPeers({ ...deps, policies }, accountId, roomIds),
    /** Tells on each node that has connections of an account that it may not see the people of a room any more. */
    onSightLost: (listen: (accountId: string, roomId: string) => void): void => void sightListeners.push(listen),
    /** Tells on each node of a room in which somebody is to be seen otherwise than before; `listPeers` says how. */
    onSightChanged: (listen: (roomId: string) => void): void => sights.listen(listen),
    /** Finds or makes the one direct room of two accounts; tells its id. */
    openDirect: (openerId: string, otherId: string) => making.openDirect(openerId, otherId),
    /** Makes many match rooms in the caller's transaction; `announce()` after its commit. */
    createMatchRooms: (tx: Sql, rooms: readonly NewMatchRoom[]) => making.createMatchRooms(tx, rooms),
    /** Makes an account a member of a room; again changes nothing. */
    joinRoom: (joiner: Joiner) => joining.join(joiner),
    /** Leaves a room as its kind's policy says; again changes nothing. */
    leaveRoom: (accountId: string, roomId: string) => leaving.leave(accountId, roomId),
    /** The same in the caller's transaction; `announce()` after its commit. */
    leaveRoomIn: (tx: Sql, accountId: string, roomId: string) => leaving.leaveIn(tx, accountId, roomId),
    /** Ends a room for everybody; again changes nothing. */
    closeRoom: (roomId: string) => leaving.close(roomId),
    closeRoomIn: (tx: Sql, roomId: string) => leaving.closeIn(tx, roomId),
    /** Makes the direct room of two people what their blocks say; for blocks written elsewhere. */
    refreshBlocks: (a: string, b: string) => blocking.refreshBlocks(a, b),
    /** Ends the conversations of an account that was closed; again changes nothing. */
    departAccount: (accountId: string) => erasing.depart(accountId),
    /** Takes an erased account out of all rooms; its messages stay without an author unless they are to be removed. */
    eraseAccount: (accountId: string, wish: { readonly messages: "keep" | "remove" }) =>
      erasing.erase(accountId, wish.messages === "remove"),
    /** Everything that an account said, for its owner to take along. */
    exportAccount: (accountId: string) => erasing.export(accountId),
    /** Tells the name that an account has now where others see it; to be called when it has changed. */
    tellRenamed: (accountId: string) => renaming.tell(accountId),
    /** Reads rooms as one account sees them; throws `room.not_found` where it may not. */
    getRoom: (accountId: string, roomId: string) => list.get(accountId, roomId),
    /** Compares the served rooms and connected accounts with the database now rather than at the next beat. */
    compareHeads: async (): Promise<void> => {
      await Promise.all([delivery.served.compareHeads(), feed.compare()]);
    },
  };
}
