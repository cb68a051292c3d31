import type { RoomsBus } from "../ports.ts";
import { hashKey } from "./keyed-batcher.ts";

/** Subjects of the bus that carry room changes: few enough to subscribe to, enough to leave out most of the traffic. */
export const shardCount = 512;

export const shardSubject = (roomId: string) => `rooms.changes.${hashKey(roomId) % shardCount}`;

/** This node's subscription to one shard. */
export type Shard = {
  readonly subject: string;
  holders: number;
  /** Resolves once the bus has acknowledged: from then on no change of the shard's rooms is missed. */
  ready: Promise<void>;
  end: (() => unknown) | null;
};

/** Subscribes this node to the shards of the rooms that it serves, and only to those. */
export class RoomHubShards {
  readonly #shards = new Map<string, Shard>();
  readonly #bus: RoomsBus;
  readonly #receive: (payload: string) => void;

  constructor(bus: RoomsBus, receive: (payload: string) => void) {
    this.#bus = bus;
    this.#receive = receive;
  }

  hold(roomId: string): Shard {
    const subject = shardSubject(roomId);
    const shard = this.#shards.get(subject) ?? this.#subscribe(subject);
    shard.holders++;
    return shard;
  }

  release(shard: Shard): void {
    shard.holders--;
    if (shard.holders === 0 && shard.end !== null) this.#end(shard);
  }

  close(): void {
    for (const shard of this.#shards.values()) this.#end(shard);
  }

  #subscribe(subject: string): Shard {
    const shard: Shard = { subject, holders: 0, ready: Promise.resolve(), end: null };
    this.#shards.set(subject, shard);
    shard.ready = this.#bus.subscribe(subject, this.#receive).then(
      (end) => {
        shard.end = end;
        if (shard.holders === 0) this.#end(shard);
      },
      (error: unknown) => {
        this.#forget(shard);
        throw error;
      },
    );
    return shard;
  }

  #end(shard: Shard): void {
    this.#forget(shard);
    shard.end?.();
    shard.end = null;
  }

  #forget(shard: Shard): void {
    if (this.#shards.get(shard.subject) === shard) this.#shards.delete(shard.subject);
  }
}
