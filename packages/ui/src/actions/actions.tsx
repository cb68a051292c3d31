import { type ComponentType, useEffect, useState } from "react";
import type { ActionsProps } from "./actions-request.ts";

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
