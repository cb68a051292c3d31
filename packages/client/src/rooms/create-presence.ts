import { trackActivity } from "../connection/activity-tracker.ts";
import type { ClientCore } from "../core.ts";
import { Presences } from "./presences.ts";
import type { Rooms } from "./rooms.ts";

export type { OwnPresence, PresenceSnapshot, Presences } from "./presences.ts";

/**
 * Adds who is there, in the rooms at the top of the list, and tells the others whether this device is in use.
 *
 * @example
 * const presence = createPresence(core, createRooms(core));
 * presence.snapshot.subscribe(() => console.log(presence.snapshot.getSnapshot().size));
 */
export function createPresence(core: ClientCore, rooms: Rooms): Presences {
  const { connection, sync, ports } = core.foundation;
  const watchUse = (listen: (isUsed: boolean) => void) => trackActivity(ports.clock, listen);
  return new Presences({ connection, sync, clock: ports.clock, list: rooms.list, watchUse });
}
