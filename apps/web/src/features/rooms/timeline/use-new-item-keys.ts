import { useRef } from "react";

/**
 * The keys that came at the end while the list was in sight: those may show themselves; history just stands there, also
 * a page of it that was put behind the one shown (`isPaged` until the newest is reached).
 */
export function useNewItemKeys(keys: readonly string[], isPaged: boolean): ReadonlySet<string> {
  const fresh = useRef(new Set<string>());
  const last = useRef<string | undefined>(undefined);
  const wasPaged = useRef(isPaged);
  const newest = keys.at(-1);
  if (newest !== last.current) {
    const at = last.current === undefined || wasPaged.current ? -1 : keys.lastIndexOf(last.current);
    if (at >= 0) for (const key of keys.slice(at + 1)) fresh.current.add(key);
    last.current = newest;
  }
  wasPaged.current = isPaged;
  return fresh.current;
}
