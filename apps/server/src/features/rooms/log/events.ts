import type { RoomKind } from "@maru/protocol";
import type { RoomsLog } from "../ports.ts";

/** What happened in a room, told to features above after the commit, once, on the node that wrote it. */
export type RoomEvent =
  | { readonly type: "room.closed"; readonly roomId: string; readonly kind: RoomKind }
  | { readonly type: "member.left"; readonly roomId: string; readonly kind: RoomKind; readonly accountId: string }
  | {
      readonly type: "message.sent";
      readonly roomId: string;
      readonly accountId: string;
      readonly memberId: string;
      readonly seq: number;
    };

export type RoomEventListener = (event: RoomEvent) => void;

/** Hands events to listeners; one that throws neither stops the others nor the write that is already stored. */
export class RoomEvents {
  readonly #listeners = new Set<RoomEventListener>();
  readonly #log: RoomsLog;

  constructor(log: RoomsLog) {
    this.#log = log;
  }

  /** True while somebody listens: the hot path makes no events for nobody. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: RoomEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: RoomEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error("a listener of room events failed", { type: event.type, error });
      }
    }
  }
}
