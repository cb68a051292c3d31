import type { Push } from "@maru/protocol";

/** What the server told last of how many people have not read the messages of a room. */
export type UnreadPeople = Pick<Push<"readers.counted">, "toSeq" | "steps">;

/** How many people have not read a message; null where nothing is told. */
export function countUnreadPeople(counted: UnreadPeople | null, seq: number): number | null {
  if (counted === null || seq > counted.toSeq) return null;
  return counted.steps.findLast(([from]) => from <= seq)?.[1] ?? null;
}
