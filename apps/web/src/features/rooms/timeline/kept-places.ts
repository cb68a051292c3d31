import type { RoomPlace } from "./room-place.ts";

export type KeptPlace = Extract<RoomPlace, { kind: "kept" }>;

/** Rooms whose place is remembered; the one that was left longest ago is forgotten first. */
const mostRooms = 100;

/** Where this tab left each room, unless that was at its end. */
export class KeptPlaces {
  readonly #places = new Map<string, KeptPlace>();

  find(roomId: string): KeptPlace | null {
    return this.#places.get(roomId) ?? null;
  }

  /** Remembers the line that stands first on the screen; null where the end is in sight. */
  keep(roomId: string, place: Omit<KeptPlace, "kind"> | null): void {
    this.#places.delete(roomId);
    if (place === null) return;
    this.#places.set(roomId, { kind: "kept", ...place });
    const oldest = this.#places.keys().next();
    if (this.#places.size > mostRooms && !oldest.done) this.#places.delete(oldest.value);
  }

  clear(): void {
    this.#places.clear();
  }
}

export const keptPlaces = new KeptPlaces();
