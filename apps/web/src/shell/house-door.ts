import { useSyncExternalStore } from "react";

type HousePages = typeof import("./house.tsx");

let pages: HousePages | null = null;
let isLoading = false;
const listeners = new Set<() => void>();

/** Fetches what only signed-in people see, once; the landing page does not wait for it. */
export function loadHouse(): void {
  if (isLoading) return;
  isLoading = true;
  import("./house.tsx").then(
    (module) => {
      pages = module;
      for (const listener of listeners) listener();
    },
    () => {
      // Without network: whoever comes to the door next tries again.
      isLoading = false;
    },
  );
}

/** What signed-in people see, or null until it is here. Never suspends: pages change without a blink. */
export function useHouse(): HousePages | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      loadHouse();
      return () => listeners.delete(listener);
    },
    () => pages,
  );
}
