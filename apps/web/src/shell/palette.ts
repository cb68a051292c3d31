import { useSyncExternalStore } from "react";

/** What lies over everything: the search, the list of keys, or neither. */
export type Palette = "find" | "keys" | null;

const listeners = new Set<() => void>();
let opened: Palette = null;

/** Opens the search or the list of keys, or puts both away. */
export function openPalette(next: Palette): void {
  opened = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What is open. */
export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, () => opened);
}
