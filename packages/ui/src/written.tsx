import { clsx } from "clsx";
import type { ComponentPropsWithRef } from "react";

export type WrittenProps = ComponentPropsWithRef<"bdi"> & {
  /** What is said rather than what something is called: it begins at the side where its language does. */
  isTalk?: boolean;
};

/**
 * Shows what somebody wrote: a name, what a room or device is called, a message, the beginning of one. It has the direction
 * of its own writing and turns nothing beside it, and what its letters pile up stays inside its box where that has one.
 */
export function Written({ isTalk = false, className, ...rest }: WrittenProps) {
  // Without an attribute a bdi finds its direction by itself.
  return (
    <bdi {...rest} dir={isTalk ? "auto" : undefined} className={clsx("written", isTalk && "written-talk", className)} />
  );
}
