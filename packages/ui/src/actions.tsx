import { type ComponentType, useEffect, useState } from "react";
import type { MenuItem } from "./menu-item.ts";
import type { ActionsPlace } from "./roving-focus.ts";

/** What can be done with one item of a list, while somebody looks at it. */
export type ActionsRequest = {
  readonly items: readonly MenuItem[];
  readonly place: ActionsPlace;
};

export type ActionsProps = {
  /** Null while nothing is asked. */
  request: ActionsRequest | null;
  /** Says what they are for, to those who do not see it. */
  label: string;
  onClose: () => void;
};

export const loadActions = () => import("./open-actions.tsx");

/**
 * The actions of the items of a list: one menu for all of them, at the item, at the pointer, or from below where a
 * finger asked.
 */
export function Actions(props: ActionsProps) {
  const [Open, setOpen] = useState<ComponentType<ActionsProps> | null>(null);
  const isWanted = props.request !== null;
  useEffect(() => {
    if (isWanted) void loadActions().then((module) => setOpen(() => module.OpenActions));
  }, [isWanted]);
  return Open && <Open {...props} />;
}
