import { Badge } from "@maru/ui";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";

/** How much waits at a place: a number, a dot for what is merely new, nothing where nothing waits. */
export function NavigationBadge({ entry }: { entry: NavigationEntry }) {
  return entry.useBadge ? <Counted useBadge={entry.useBadge} /> : null;
}

function Counted({ useBadge }: { useBadge: NonNullable<NavigationEntry["useBadge"]> }) {
  const badge = useBadge();
  if (badge === null) return null;
  if (badge.count > 0) return <Badge count={badge.count} label={badge.label} />;
  if (!badge.hasMore) return null;
  return <span role="img" aria-label={badge.label} className="forced-mark mt-1 block size-2.5 rounded-full bg-jade" />;
}
