import type { OpenAPIHono } from "@hono/zod-openapi";
import { fromWireId, messageExtras, type RoomKind } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import { defineFeature } from "../../feature-contract/feature.ts";
import { RateLimiter } from "../../platform/rate-limiter.ts";
import type { RoomConsumer } from "./events/consumer.ts";
import { addConsumerMetrics } from "./events/consumer-metrics.ts";
import { type DispatchFaults, RoomConsumers } from "./events/room-consumers.ts";
import { type AccountEnv, registerRoutes } from "./http.ts";
import { AccountChangePublisher } from "./log/account-change-publisher.ts";
import { createRoomsContributor } from "./log/account-contributor.ts";
import { Append } from "./log/append.ts";
import { CatchUps } from "./log/catch-up.ts";
import type { RoomChanges } from "./log/changes.ts";
import { Delivery } from "./log/delivery.ts";
import { Epochs } from "./log/epochs.ts";
import type { Sequencer, SequencerPort } from "./log/sequencer.ts";
import { Sights } from "./log/sights.ts";
import { Watches } from "./log/watches.ts";
import { AccountErasure } from "./members/account-erasure.ts";
import { listPeers } from "./members/peers.ts";
import { ProfileFanout } from "./members/profile-fanout.ts";
import { RoomBlocks } from "./members/room-blocks.ts";
import { type NewMatchRoom, RoomCreation } from "./members/room-creation.ts";
import { type Joiner, RoomJoin } from "./members/room-join.ts";
import { RoomLeave } from "./members/room-leave.ts";
import { RoomPreferences } from "./members/room-preferences.ts";
import { Typing } from "./members/typing.ts";
import { UnhideOnMessage } from "./members/unhide-on-message.ts";
import type { MessageExtraKinds } from "./message-extra.ts";
import { Messages } from "./messages.ts";
import { Policies, type RoomPolicy } from "./policy.ts";
import type { RoomsDeps, RoomsGateway, Sql } from "./ports.ts";
import { registerCommands } from "./realtime.ts";
import { RoomList } from "./room-list.ts";
import { ReadCursors } from "./unread/read-cursors.ts";

export type { RoomAdvance, RoomConsumer } from "./events/consumer.ts";
export { describeConsumer, findConsumerFault, listConsumers } from "./events/inspect-consumers.ts";
export type { NewMatchRoom } from "./members/room-creation.ts";
export { canAsEqual, type RoomPolicy } from "./policy.ts";
export type { RoomsDeps, RoomsGateway } from "./ports.ts";
export { recountUnread } from "./unread/recount.ts";

/** Parts that tests replace by faulty ones, to show that the faults are found. */
export type RoomsFaults = {
  readonly createSequencer?: (port: SequencerPort) => Sequencer;
  readonly dispatch?: DispatchFaults;
  /** Kinds of content besides those of the protocol. */
  readonly extraKinds?: MessageExtraKinds;
};

export type Rooms = ReturnType<typeof createRooms>;

/** Rooms, their members and messages, and their delivery. The only door of the feature. */
export function createRooms(deps: RoomsDeps, faults: RoomsFaults = {}) {
  const { clock, limits } = deps;
  const policies = new Policies();
  const epochs = new Epochs();
  const consumers = new RoomConsumers(deps, faults.dispatch);
  const announce = (list: readonly RoomChanges[]) => {
    delivery.announce(list);
    consumers.noteChanges(list);
  };
  const sightListeners: ((accountId: string, roomId: string) => void)[] = [];
  const sights = new Sights(deps);
  const accountChanges = new AccountChangePublisher({ ...deps, policies, epochs });
  deps.accountLog.onPushed((accountId, push) => {
    if (push.push !== "membership.changed") return;
    const { room } = push;
    const roomId = fromWireId(room.id);
    if (room.blocked) watches.pause(accountId, roomId);
    else if (room.kind === "direct") watches.resume(accountId, roomId);
    if (room.canPost && room.membership === "active") return;
    for (const listen of sightListeners) listen(accountId, roomId);
  });
  const catchUps = new CatchUps({ ...deps, policies, epochs, accountChanges });
  const watches: Watches = new Watches({ ...deps, catchUps, accountChanges, epochs, delivery: () => delivery });
  const endWatches = (accountId: string, roomId: string) => watches.revoke(accountId, roomId);
  const pauseWatches = (accountId: string, roomId: string) => watches.pause(accountId, roomId);
  const pauseMoved = (roomId: string) => sights.notify(roomId);
  const maxFill = limits.catchUpChanges;
  const cuts = { endWatches, pauseWatches, pauseMoved };
  const delivery = new Delivery({ ...deps, ...faults, ...cuts, epochs, policies, maxFill });
  const unhide = new UnhideOnMessage({ accountChanges });
  const append = new Append({ ...deps, epochs, announce, noteUnhide: () => consumers.noteUnhide() });
  const messages = new Messages({
    ...deps,
    append,
    extraKinds: { ...messageExtras, ...faults.extraKinds },
    rates: new RateLimiter(clock),
    policies,
    epochs,
    accountChanges,
    announce,
  });
  const list = new RoomList({ ...deps, accountChanges, policies });
  const preferences = new RoomPreferences({ ...deps, accountChanges, policies, list });
  const roomLeave = new RoomLeave({ ...deps, policies, epochs, accountChanges, announce });
  const erasure = new AccountErasure({ ...deps, roomLeave, accountChanges });
  const roomJoin = new RoomJoin({ ...deps, policies, epochs, accountChanges, announce });
  const creation = new RoomCreation({ ...deps, policies, accountChanges });
  const blocks = new RoomBlocks({ ...deps, policies, accountChanges, roomLeave, sights });
  const profileFanout = new ProfileFanout({ ...deps, policies, epochs, accountChanges, announce });
  const readCursors = new ReadCursors({ ...deps, accountChanges, announceReads: (ids) => delivery.announceReads(ids) });
  const typing = new Typing({
    ...deps,
    policies,
    watches,
    isBusy: deps.isBusy ?? (() => false),
    publishEphemeral: (roomId, frame) => delivery.publishEphemeral(roomId, frame),
  });
  deps.accountLog.contribute(createRoomsContributor({ ...deps, epochs, policies, accountChanges, list, catchUps }));
  const parts = {
    ...deps,
    messages,
    watches,
    catchUps,
    list,
    preferences,
    roomLeave,
    creation,
    blocks,
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

    /**
     * Resolves when the node may serve rooms. After the migrations, before the first connection; consumers are handed what
     * happened on nodes that `dispatch`, once their jobs are done there.
     */
    async start({ dispatches = true }: { readonly dispatches?: boolean } = {}): Promise<void> {
      await epochs.refresh(deps.db.sql);
      const kinds = policies.kinds.filter((kind) => policies.find(kind)?.onLeave === "hide");
      consumers.register({ name: "unhide", kinds, aspect: "unhide", take: (tx, rooms) => unhide.take(tx, rooms) });
      await consumers.start({ dispatches });
      await sights.start();
      delivery.hub.start();
    },

    /** Finishes what is queued, then stops. The last step before the bus and the database close. */
    async stop(): Promise<void> {
      await Promise.all([append.whenIdle(), readCursors.whenIdle()]);
      await consumers.stop();
      delivery.close();
      sights.close();
    },

    /** Supplies the rules of a kind of room. */
    registerPolicy: (kind: RoomKind, policy: RoomPolicy): void => policies.register(kind, policy),
    /** Identity of the numbering that accounts' revs belong to: the installation's, new after a restore. */
    accountEpoch: (): string => epochs.account,
    /** Hands what happens in rooms to a consumer, which misses nothing; before `start`. */
    registerConsumer: (consumer: RoomConsumer): void => consumers.register(consumer),
    /** How far each consumer is behind. */
    consumerStats: () => consumers.stats(),

    /** Lists the others in those of the rooms where this account may see who is there. */
    listPeers: (accountId: string, roomIds: readonly string[]) => listPeers({ ...deps, policies }, accountId, roomIds),
    /** Notifies on each node that has connections of an account that it may not see the people of a room any more. */
    onSightLost: (listen: (accountId: string, roomId: string) => void): void => void sightListeners.push(listen),
    /** Notifies on each node of a room in which somebody is to be seen otherwise than before; `listPeers` says how. */
    onSightChanged: (listen: (roomId: string) => void): void => sights.listen(listen),
    /** Finds or makes the one direct room of two accounts; tells its id. */
    openDirect: (openerId: string, otherId: string) => creation.openDirect(openerId, otherId),
    /** Makes many match rooms in the caller's transaction; `announce()` after its commit. */
    createMatchRooms: (tx: Sql, rooms: readonly NewMatchRoom[]) => creation.createMatchRooms(tx, rooms),
    /** Makes an account a member of a room; again changes nothing. */
    joinRoom: (joiner: Joiner) => roomJoin.join(joiner),
    /** Leaves a room as its kind's policy says; again changes nothing. */
    leaveRoom: (accountId: string, roomId: string) => roomLeave.leave(accountId, roomId),
    /** The same in the caller's transaction; `announce()` after its commit. */
    leaveRoomIn: (tx: Sql, accountId: string, roomId: string) => roomLeave.leaveIn(tx, accountId, roomId),
    /** Ends a room for everybody; again changes nothing. */
    closeRoom: (roomId: string) => roomLeave.close(roomId),
    closeRoomIn: (tx: Sql, roomId: string) => roomLeave.closeIn(tx, roomId),
    /** Makes the direct room of two people what their blocks say; for blocks written elsewhere. */
    refreshBlocks: (a: string, b: string) => blocks.refreshBlocks(a, b),
    /** Ends the conversations of an account that was closed; again changes nothing. */
    departAccount: (accountId: string) => erasure.depart(accountId),
    /** Takes an erased account out of all rooms; its messages stay without an author unless they are to be removed. */
    eraseAccount: (accountId: string, wish: { readonly messages: "keep" | "remove" }) =>
      erasure.erase(accountId, wish.messages === "remove"),
    /** Everything that an account said, for its owner to take along. */
    exportAccount: (accountId: string) => erasure.export(accountId),
    /** Returns the name that an account has now where others see it; to be called when it has changed. */
    publishRename: (accountId: string) => profileFanout.publish(accountId),
    /** Reads rooms as one account sees them; throws `room.not_found` where it may not. */
    getRoom: (accountId: string, roomId: string) => list.get(accountId, roomId),
    /** Compares the served rooms with the database now rather than at the next beat. */
    compareHeads: (): Promise<void> => delivery.hub.compareHeads(),
  };
}

/** What rooms need of a node and of the features before them. */
type RoomsPorts = RoomsDeps & {
  /** Whether this node hands events to consumers. */
  readonly isWorker: boolean;
  readonly identity: { onProfileChanged(listen: (changed: { readonly accountId: string }) => void): unknown };
};

/** Rooms as a feature of the server. */
export const rooms = defineFeature({
  name: "rooms",
  folder: import.meta.dir,
  create(ports: RoomsPorts) {
    const made = createRooms(ports);
    const { identity, log } = ports;
    identity.onProfileChanged(({ accountId }) => {
      made.publishRename(accountId).catch((error) => log.warn("A new name was not published everywhere.", { error }));
    });
    return {
      exports: made,
      services: { accountEpoch: made.accountEpoch },
      commands: made.register,
      routes: { api: (http, { requireAccount }) => made.routes(http as never, requireAccount as never) },
      eraser: { depart: made.departAccount, erase: made.eraseAccount },
      exporter: made.exportAccount,
      metrics: (metrics) => addConsumerMetrics(metrics, made.consumerStats),
      start: () => made.start({ dispatches: ports.isWorker }),
      stop: made.stop,
    };
  },
});
