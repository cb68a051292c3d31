import type { Recorded } from "./history.ts";

/** How far one connection was told a room. */
type Position = {
  epoch: string;
  rev: number /** Told by an answer: pushes up to here may still be on their way. */;
  caughtUpRev: number;
};

/**
 * Checks what the server itself promises, whatever the SDK makes of it: on one connection the pushes of a room follow each
 * other by `rev`, none missing, none twice, from where the answer to the watch stood. Returns each break in words.
 */
export function* checkPushes(entries: readonly Recorded[]): Generator<string> {
  const positions = new Map<string, Position>();
  for (const entry of entries) {
    if (entry.is !== "pushed" && entry.is !== "caught_up" && entry.is !== "advanced") continue;
    const place = `${entry.connection} ${entry.roomId}`;
    const held = positions.get(place);
    if (entry.is === "caught_up") {
      // A question about a gap is the client's own; only a watch says from where on the server pushes.
      if (entry.by !== "room.watch") continue;
      const rev = held?.epoch === entry.epoch ? Math.max(held.rev, entry.toRev) : entry.toRev;
      positions.set(place, { epoch: entry.epoch, rev, caughtUpRev: entry.toRev });
      continue;
    }
    if (entry.is === "advanced") {
      // Where the room stands in place of what changed: the client is told to ask.
      if (held && entry.rev > held.rev) held.rev = entry.rev;
      continue;
    }
    const { client, epoch, rev, roomId, atMs } = entry;
    if (!held || held.epoch !== epoch) {
      positions.set(place, { epoch, rev, caughtUpRev: rev });
      continue;
    }
    const where = `client ${client} in ${roomId} at ${atMs} ms`;
    if (rev > held.rev + 1) yield `rev ${rev} was pushed after ${held.rev} to ${where}`;
    if (rev <= held.rev && rev > held.caughtUpRev) yield `rev ${rev} was pushed again after ${held.rev} to ${where}`;
    held.rev = Math.max(held.rev, rev);
  }
}
