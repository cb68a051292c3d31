import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let isHeld = false;

/**
 * Keeps somebody who has just come in at the door until they have seen what is shown once: without it, the recovery
 * codes would be gone with the page that shows them.
 */
export const entryHold = {
  set(held: boolean): void {
    isHeld = held;
    for (const listener of listeners) listener();
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether whoever is signed in still stands at the door. */
export function useIsEntryHeld(): boolean {
  return useSyncExternalStore(subscribe, () => isHeld);
}
