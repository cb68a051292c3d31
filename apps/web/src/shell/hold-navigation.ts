import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let isHeld = false;

/**
 * Keeps somebody who has just signed in on the page until they have seen what is shown once: without it, the recovery
 * codes would be gone with the page that shows them.
 */
export const navigationHold = {
  set(held: boolean): void {
    isHeld = held;
    for (const listener of listeners) listener();
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether whoever is signed in is still kept on the page. */
export function useIsNavigationHeld(): boolean {
  return useSyncExternalStore(subscribe, () => isHeld);
}
