import type { RoomAction } from "../../../shell/frame/slots.tsx";

/** Beside the menu stand two at most: the name of the room needs the space. */
const mostBeside = 2;

/** The actions of a room in their order, and those that stand beside the menu. The menu has all of them. */
export function arrangeActions(actions: readonly RoomAction[]) {
  const all = actions.toSorted((one, other) => one.rank - other.rank);
  return { all, beside: all.slice(0, mostBeside) };
}
