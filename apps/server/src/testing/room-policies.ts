import { matchRoomPolicy } from "../features/matching/index.ts";
import type { RoomPolicy } from "../features/rooms/index.ts";

/** For tests of rooms, which know nothing of matching. */
export { matchRoomPolicy };

/** A kind of more than two under aliases, which no feature has: who leaves ends their own membership alone. */
export const aliasGroupPolicy: RoomPolicy = {
  ...matchRoomPolicy,
  onLeave: "part",
  isPair: false,
  showsLeftMembers: false,
};

/** The same among people who know each other by profile. */
export const profileGroupPolicy: RoomPolicy = { ...aliasGroupPolicy, shows: "profile" };
