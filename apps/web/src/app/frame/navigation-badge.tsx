import { Badge } from "@maru/ui";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";

/** How much waits at a place. Nothing where nothing is counted. */
export function NavigationBadge({ entry }: { entry: NavigationEntry }) {
  return entry.useBadge ? <Counted useBadge={entry.useBadge} /> : null;
}

function Counted({ useBadge }: { useBadge: NonNullable<NavigationEntry["useBadge"]> }) {
  const badge = useBadge();
  return badge && <Badge count={badge.count} label={badge.label} />;
}
