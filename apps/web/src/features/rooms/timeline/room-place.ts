import type { TimelineItem } from "./timeline-item.ts";

/** Where in its history a room is being read: a message, a moment, or the newest. */
export type RoomPlace =
  | { readonly kind: "message"; readonly seq: number }
  /** The line that stood first on the screen when the room was left, so many pixels below the upper edge. */
  | { readonly kind: "kept"; readonly seq: number; readonly offsetPx: number }
  | { readonly kind: "moment"; readonly at: Date }
  | { readonly kind: "newest" };

/** The line to begin at, or null where that is the end. */
export function findPlace(lines: readonly TimelineItem[], place: RoomPlace): number | null {
  if (place.kind === "newest") return null;
  const at = lines.findIndex((line) =>
    place.kind === "moment" ? line.sentAt >= place.at : line.seq !== null && line.seq >= place.seq,
  );
  return at < 0 ? null : at;
}
