import type { TimelineItem } from "./timeline-item.ts";

/** Where the end of a room was when it was looked at last. */
export type EndMark = { readonly seq: number; readonly ownKey: string | null };

export function markEnd(lines: readonly TimelineItem[]): EndMark {
  return {
    seq: lines.findLast((line) => line.seq !== null)?.seq ?? 0,
    ownKey: lines.findLast((line) => line.kind === "text" && line.isMine)?.key ?? null,
  };
}

/**
 * What came at the end since a mark: how many messages of others, and whether one wrote something oneself. One's own
 * waiting messages stand behind whatever arrives, so the last line alone tells neither.
 */
export function findArrivals(
  lines: readonly TimelineItem[],
  mark: EndMark,
): { readonly othersCount: number; readonly hasOwn: boolean; readonly hasAny: boolean } {
  const arrived = lines.filter((line) => line.seq !== null && line.seq > mark.seq);
  const own = lines.findLast((line) => line.kind === "text" && line.isMine);
  const hasOwn = own?.kind === "text" && own.key !== mark.ownKey && own.delivery !== "sent";
  return {
    othersCount: arrived.filter((line) => line.kind === "text" && !line.isMine).length,
    hasOwn,
    hasAny: hasOwn || arrived.length > 0,
  };
}
