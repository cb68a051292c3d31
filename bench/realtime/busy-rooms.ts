import { type SeededRoom, separateRooms, type World, type WorldPlan } from "../world.ts";

/** Members of the room that fan-out is measured in. */
export const crowdSize = 1_000;

const everybody = Array.from({ length: crowdSize }, (_, account) => account);

/** The rooms that the busy parts share: one for the crowd, twenty of five, ten of fifty, one hot room of five hundred. */
export const busyWorld: WorldPlan = {
  accountCount: crowdSize,
  rooms: [everybody, ...separateRooms(20, 5), ...separateRooms(10, 50), everybody.slice(0, 500)],
};

export const crowdRoom = (world: World): SeededRoom => roomAt(world, 0);
export const twentyRooms = (world: World): readonly SeededRoom[] => world.rooms.slice(1, 21);
export const tenRooms = (world: World): readonly SeededRoom[] => world.rooms.slice(21, 31);
export const hotRoom = (world: World): SeededRoom => roomAt(world, 31);

function roomAt(world: World, index: number): SeededRoom {
  const room = world.rooms[index];
  if (!room) throw new Error(`the world has no room ${index}`);
  return room;
}
