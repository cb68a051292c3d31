import { useCallback, useEffect, useState } from "react";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/** Loads something when the page opens, and again when asked. `load` must stay the same between renders. */
export function useLoaded<T>(load: () => Promise<T>): [Loaded<T>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another load
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => isCurrent && setLoaded({ state: "ready", value }),
      (error: unknown) => isCurrent && setLoaded({ state: "failed", error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [load, round]);
  return [loaded, useCallback(() => setRound((was) => was + 1), [])];
}
