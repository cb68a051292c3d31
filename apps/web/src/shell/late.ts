import { useSyncExternalStore } from "react";

/** A part of the program that comes after the first page. */
export type Late<T> = {
  /** Fetches it, once. */
  readonly load: () => void;
  /** It, or null until it is here. Never suspends: pages change without a blink. */
  readonly useLoaded: () => T | null;
};

/** Makes a part of the program that is fetched when it is wanted, or before. */
export function createLate<T>(fetchPart: () => Promise<T>): Late<T> {
  const listeners = new Set<() => void>();
  let part: T | null = null;
  let isLoading = false;
  const load = () => {
    if (isLoading) return;
    isLoading = true;
    fetchPart().then(
      (fetched) => {
        part = fetched;
        for (const listener of listeners) listener();
      },
      () => {
        // Without network: whoever wants it next tries again.
        isLoading = false;
      },
    );
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    load();
    return () => listeners.delete(listener);
  };
  return { load, useLoaded: () => useSyncExternalStore(subscribe, () => part) };
}
