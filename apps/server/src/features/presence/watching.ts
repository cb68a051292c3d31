import { type MemberPresence, type Presence, type Timer, toWireId } from "@maru/protocol";
import { PeriodicTask } from "../../platform/periodic-task.ts";
import type { Peer, PresenceConnection, PresenceDeps, PresencePush } from "./ports.ts";
import { listPresences } from "./store.ts";

/** How often all watched people are looked up again, in ms: what the bus lost, and nodes that died. */
const lookEveryMs = 5_000;
/** Changes published by other nodes are looked up together, in ms. */
const gatherMs = 50;
const batchAccounts = 1_000;

const slotKey = Symbol("presence.rooms");
const roomsOf = (connection: PresenceConnection) => connection.slot<Set<string>>(slotKey, () => new Set());

/** A room in which somebody on this node watches who is there. */
type WatchedRoom = {
  readonly viewerId: string;
  readonly roomId: string;
  peers: readonly Peer[];
  watcherCount: number;
};

export const presenceTopic = (viewerId: string, roomId: string) => `presence:${roomId}:${viewerId}`;

/** Pushes to connections who is there in the rooms they show. Costs by people watched, never by pairs of people. */
export class Watching {
  readonly #deps: PresenceDeps;
  /** By viewer and room: what one sees of a room are the others in it. */
  readonly #rooms = new Map<string, WatchedRoom>();
  /** Places where an account is seen. */
  readonly #places = new Map<string, Map<string, Peer>>();
  readonly #known = new Map<string, Presence>();
  readonly #stirred = new Set<string>();
  #stirTimer: Timer | null = null;
  readonly #looking: PeriodicTask;
  #isStopped = false;
  /** How often somebody began to be seen otherwise: rights read before that are read again. */
  #turns = 0;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#looking = new PeriodicTask(
      deps.clock,
      lookEveryMs,
      async () => (deps.isBusy() ? undefined : this.#tryLook([...this.#places.keys()])),
      () => {},
    );
  }

  start(): void {
    this.#looking.start();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#stirTimer !== null) this.#deps.clock.clearTimeout(this.#stirTimer);
    void this.#looking.stop();
  }

  /** Watches these rooms instead of those before, and returns who is there. */
  async watch(connection: PresenceConnection, roomIds: readonly string[]): Promise<MemberPresence[]> {
    const { accountId } = connection;
    const turn = this.#turns;
    const peers = await this.#deps.rooms.listPeers(accountId, [...new Set(roomIds)]);
    if (!connection.isOpen) return [];
    const byRoom = Map.groupBy(peers, (peer) => peer.roomId);
    const watched = roomsOf(connection);
    for (const roomId of watched) if (!byRoom.has(roomId)) this.#end(connection, accountId, roomId);
    for (const [roomId, others] of byRoom) {
      if (watched.has(roomId)) continue;
      watched.add(roomId);
      connection.subscribe(presenceTopic(accountId, roomId));
      this.#begin(`${roomId}${accountId}`, accountId, roomId, others);
    }
    const accountIds = [...new Set(peers.map((peer) => peer.accountId))];
    // Known from now on, so that the first change is pushed as one.
    await this.#look(accountIds);
    if (turn !== this.#turns) for (const roomId of byRoom.keys()) await this.#lookAgain(`${roomId}${accountId}`);
    const seen = peers.map((peer) => this.#find(accountId, peer) ?? peer);
    return seen.map((peer) => this.#present(peer, this.#presenceOf(peer)));
  }

  /** Reads again how the people of a room are to be seen, and returns the changes. */
  async lookAgain(roomId: string): Promise<void> {
    this.#turns++;
    const keys = [...this.#rooms].filter(([, room]) => room.roomId === roomId).map(([key]) => key);
    try {
      for (const key of keys) await this.#lookAgain(key);
    } catch (error) {
      this.#deps.log.warn("How people are to be seen could not be read.", { error });
      // Better not seen at all than seen by whom they blocked.
      for (const key of keys) this.#see(key, (peer) => ({ ...peer, isSilent: true }));
    }
  }

  async #lookAgain(key: string): Promise<void> {
    const room = this.#rooms.get(key);
    if (!room) return;
    const now = await this.#deps.rooms.listPeers(room.viewerId, [room.roomId]);
    const silent = new Map(now.map(({ memberId, isSilent }) => [memberId, isSilent]));
    this.#see(key, (peer) => ({ ...peer, isSilent: silent.get(peer.memberId) ?? peer.isSilent }));
  }

  #see(key: string, change: (peer: Peer) => Peer): void {
    const room = this.#rooms.get(key);
    if (!room) return;
    const topic = presenceTopic(room.viewerId, room.roomId);
    room.peers = room.peers.map((peer) => {
      const next = change(peer);
      const [before, after] = [this.#presenceOf(peer), this.#presenceOf(next)];
      this.#places.get(peer.accountId)?.set(topic, next);
      if (before !== after) this.#publish(topic, next, after);
      return next;
    });
  }

  /** How somebody was pushed to be seen last. */
  #presenceOf(peer: Peer): Presence {
    return peer.isSilent ? "offline" : (this.#known.get(peer.accountId) ?? "offline");
  }

  #find(viewerId: string, { accountId, roomId }: Peer): Peer | undefined {
    return this.#places.get(accountId)?.get(presenceTopic(viewerId, roomId));
  }

  /** Ends all that a closed connection watched. */
  closed(connection: PresenceConnection, accountId: string): void {
    for (const roomId of roomsOf(connection)) this.#release(`${roomId}${accountId}`, accountId);
    roomsOf(connection).clear();
  }

  /** Ends an account's view of a room, on all its connections here. */
  endSight(accountId: string, roomId: string): void {
    for (const connection of this.#deps.sockets.connectionsOf(accountId)) {
      if (roomsOf(connection).has(roomId)) this.#end(connection, accountId, roomId);
    }
  }

  /** Notes that the presence of accounts may have changed. */
  stir(accountIds: readonly string[]): void {
    for (const accountId of accountIds) if (this.#places.has(accountId)) this.#stirred.add(accountId);
    if (this.#stirred.size === 0 || this.#isStopped) return;
    this.#stirTimer ??= this.#deps.clock.setTimeout(() => {
      this.#stirTimer = null;
      const list = [...this.#stirred];
      this.#stirred.clear();
      void this.#tryLook(list);
    }, gatherMs);
  }

  #begin(key: string, viewerId: string, roomId: string, peers: readonly Peer[]): void {
    const room = this.#rooms.get(key);
    if (room) {
      room.watcherCount++;
      return;
    }
    this.#rooms.set(key, { viewerId, roomId, peers, watcherCount: 1 });
    for (const peer of peers) {
      const places = this.#places.get(peer.accountId) ?? new Map<string, Peer>();
      places.set(presenceTopic(viewerId, peer.roomId), peer);
      this.#places.set(peer.accountId, places);
    }
  }

  #end(connection: PresenceConnection, accountId: string, roomId: string): void {
    roomsOf(connection).delete(roomId);
    connection.unsubscribe(presenceTopic(accountId, roomId));
    this.#release(`${roomId}${accountId}`, accountId);
  }

  #release(key: string, viewerId: string): void {
    const room = this.#rooms.get(key);
    if (!room) return;
    room.watcherCount--;
    if (room.watcherCount > 0) return;
    this.#rooms.delete(key);
    for (const peer of room.peers) {
      const places = this.#places.get(peer.accountId);
      places?.delete(presenceTopic(viewerId, peer.roomId));
      if (places?.size !== 0) continue;
      this.#places.delete(peer.accountId);
      this.#known.delete(peer.accountId);
    }
  }

  /** Reads presences and pushes the changes to those who watch. */
  async #look(accountIds: readonly string[]): Promise<void> {
    for (let i = 0; i < accountIds.length; i += batchAccounts) {
      const batch = accountIds.slice(i, i + batchAccounts);
      const found = await listPresences(this.#deps.db.sql, batch);
      for (const accountId of batch) this.#learn(accountId, found.get(accountId) ?? "offline");
    }
  }

  #learn(accountId: string, presence: Presence): void {
    const places = this.#places.get(accountId);
    if (!places) return;
    const before = this.#known.get(accountId);
    this.#known.set(accountId, presence);
    if (before === undefined || before === presence) return;
    for (const [topic, peer] of places) if (!peer.isSilent) this.#publish(topic, peer, presence);
  }

  #publish(topic: string, peer: Peer, presence: Presence): void {
    const push: PresencePush = { push: "presence.changed", ...this.#present(peer, presence) };
    this.#deps.sockets.publish(topic, [JSON.stringify(push)]);
  }

  #present(peer: Peer, presence: Presence): MemberPresence {
    return { roomId: toWireId("room", peer.roomId), memberId: toWireId("membership", peer.memberId), presence };
  }

  async #tryLook(accountIds: readonly string[]): Promise<void> {
    try {
      await this.#look(accountIds);
    } catch (error) {
      this.#deps.log.warn("Presences could not be read; they are looked up again.", { error });
    }
  }
}
