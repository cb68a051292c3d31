import { canAsEqual, type RoomPolicy } from "../rooms/index.ts";

/** Rooms of a match: two strangers under aliases of this room alone, which ends for both when one leaves. */
export const matchRoomPolicy: RoomPolicy = {
  can: canAsEqual,
  shows: "alias",
  onLeave: "close",
  isPair: true,
  showsLeftMembers: true,
};
