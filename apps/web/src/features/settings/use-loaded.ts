import { useClient } from "@maru/react";
import { useQuery } from "@tanstack/react-query";
import { settingsQueriesOf } from "./settings-queries.ts";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/**
 * Loads something when the page opens, again when asked or when somebody comes back to the window, and by itself while the server
 * is away. What was loaded before stands there until then; `key` names it among all that the settings load.
 */
export function useLoaded<T>(key: string, load: () => Promise<T>): [Loaded<T>, () => void] {
  const client = useClient();
  const { data, error, failureReason, refetch } = useQuery(
    { queryKey: [key], queryFn: async () => ({ value: await load() }) },
    settingsQueriesOf(client),
  );
  const fault = error ?? failureReason;
  const loaded: Loaded<T> = data
    ? { state: "ready", value: data.value }
    : fault
      ? { state: "failed", error: fault }
      : { state: "loading" };
  return [loaded, () => void refetch({ cancelRefetch: true })];
}
