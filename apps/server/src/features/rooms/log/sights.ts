import type { RoomsBus } from "../ports.ts";
import { isOwnNotice } from "./changes.ts";

const subject = "rooms.sights";

/**
 * Notifies, on every node, of the rooms in which somebody is to be seen otherwise than before. What the bus loses is found when
 * heads are compared: the room's row says who is paused.
 */
export class Sights {
  readonly #bus: RoomsBus;
  readonly #nodeId: string;
  readonly #listeners: ((roomId: string) => void)[] = [];
  #end: (() => unknown) | null = null;

  constructor({ bus, nodeId }: { readonly bus: RoomsBus; readonly nodeId: string }) {
    this.#bus = bus;
    this.#nodeId = nodeId;
  }

  async start(): Promise<void> {
    this.#end = await this.#bus.subscribe(subject, (payload) => {
      if (!isOwnNotice(this.#nodeId, payload)) this.notify(payload.split("\n")[1] ?? "");
    });
  }

  close(): void {
    this.#end?.();
    this.#end = null;
  }

  listen(listener: (roomId: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Notifies this node. */
  notify(roomId: string): void {
    for (const listen of this.#listeners) listen(roomId);
  }

  /** Notifies all nodes; after the commit. */
  announce(roomId: string): void {
    this.notify(roomId);
    this.#bus.publish(subject, `${this.#nodeId}\n${roomId}`);
  }
}
