import { useCallback, useEffect, useState } from "react";
import { keepAsking } from "../../shell/keep-asking.ts";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/**
 * Loads something when the page opens, again when asked, and by itself while the server is away. `load` must stay the same
 * between renders.
 */
export function useLoaded<T>(load: () => Promise<T>): [Loaded<T>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another load
  useEffect(
    () =>
      keepAsking(load, {
        answer: (value) => setLoaded({ state: "ready", value }),
        failure: (error) => setLoaded({ state: "failed", error }),
      }),
    [load, round],
  );
  return [loaded, useCallback(() => setRound((was) => was + 1), [])];
}
