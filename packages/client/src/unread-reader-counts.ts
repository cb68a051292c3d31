import type { Push } from "@maru/protocol";

/** What the server pushed last of how many people have not read the messages of a room. */
export type UnreadReaderCounts = Pick<Push<"readers.counted">, "toSeq" | "steps"> & {
  /** How far oneself had read, as the server knew when it counted. */
  readonly ownReadSeq: number;
};

/**
 * How many other people have not read a message; null where nothing is known. Whoever looks at a message has read it: they
 * are taken out of a count that the server made before it knew.
 *
 * @example
 * const count = countUnreadReaders(room.unreadReaderCounts, { seq: message.seq, isMine: true });
 */
export function countUnreadReaders(
  counted: UnreadReaderCounts | null,
  { seq, isMine }: { readonly seq: number; readonly isMine: boolean },
): number | null {
  if (counted === null || seq > counted.toSeq) return null;
  const count = counted.steps.findLast(([from]) => from <= seq)?.[1];
  if (count === undefined) return null;
  return isMine || seq <= counted.ownReadSeq ? count : Math.max(0, count - 1);
}
