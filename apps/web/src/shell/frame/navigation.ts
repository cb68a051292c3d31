import type { ComponentType } from "react";
import type { Text } from "../i18n/index.ts";
import type { WaitingCount } from "./waiting-count.ts";

/** How much waits at a place, and the words for it. What is muted never counts. */
export type NavigationBadge = Pick<WaitingCount, "count"> & Partial<WaitingCount> & { readonly label: string };

/** A place that the rail and the tab bar lead to. */
export type NavigationEntry = {
  /** Its address. A plain text: the router's own type of addresses is made of the features that register here. */
  readonly to: `/${string}`;
  readonly label: Text;
  readonly Icon: ComponentType<{ readonly size: number }>;
  /** Where it stands among the others, lowest first. */
  readonly rank: number;
  /** True where an address below it is another place. */
  readonly isExact?: boolean;
  /** Stands at the foot of the rail: what is one's own, not where one talks. */
  readonly isAtFoot?: boolean;
  /** What waits there; a hook. */
  readonly useBadge?: () => NavigationBadge | null;
};
