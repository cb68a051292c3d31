import { useSyncExternalStore } from "react";
import { keepAsking } from "./keep-asking.ts";

/** A part of the program that comes after the first page. */
export type LazyModule<T> = {
  /** Fetches it, once, and resolves when whoever uses it has it. Fails where it cannot be fetched. */
  readonly fetch: () => Promise<T>;
  /** Fetches it, again and again until it is here. */
  readonly load: () => void;
  /** Waits for it, and fetches it again where that failed; the answer ends the wait. */
  readonly subscribe: (listener: () => void) => () => void;
  /** It, or null until it is here. Never suspends: pages change without a blink. */
  readonly useLoaded: () => T | null;
};

/** Makes a part of the program that is fetched when it is wanted, or before. */
export function createLazyModule<T>(fetchPart: () => Promise<T>): LazyModule<T> {
  const listeners = new Set<() => void>();
  let part: T | null = null;
  let isLoading = false;
  const fetch = async () => {
    const fetched = await fetchPart();
    if (part === null) {
      part = fetched;
      for (const listener of listeners) listener();
    }
    return fetched;
  };
  const load = () => {
    if (isLoading || part !== null) return;
    isLoading = true;
    keepAsking(
      fetch,
      {
        answer: () => {},
        failure: () => {
          // Without network, where nobody waits for it: whoever wants it next tries again.
          if (listeners.size === 0) isLoading = false;
        },
      },
      () => isLoading,
    );
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    load();
    return () => listeners.delete(listener);
  };
  return { fetch, load, subscribe, useLoaded: () => useSyncExternalStore(subscribe, () => part) };
}
