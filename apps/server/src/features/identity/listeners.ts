import type { Log } from "../../platform/log.ts";

export type Unsubscribe = () => void;

/** Functions to call when something happened. One that throws is logged and keeps no other from being called. */
export function createListeners<T>(log: Log, what: string) {
  const listeners = new Set<(event: T) => void>();
  return {
    add(listener: (event: T) => void): Unsubscribe {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(event: T): void {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error(`a listener of ${what} failed`, { error });
        }
      }
    },
  };
}
