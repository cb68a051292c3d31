import type { MaruClient } from "@maru/client";
import { QueryClient } from "@tanstack/react-query";
import { isTemporary } from "../../shell/keep-asking.ts";

const firstMs = 500;
const longestMs = 8_000;
const held = new WeakMap<MaruClient, QueryClient>();

/**
 * What the settings have loaded of one client. Kept for a few minutes, so that a page that was left is there at once and corrects
 * itself, and forgotten with the sign-in: the next person here must not find it.
 */
export function settingsQueriesOf(client: MaruClient): QueryClient {
  const known = held.get(client);
  if (known) return known;
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // A page that could not be filled fills itself, ever more seldom; what another try would not change is not asked again.
        retry: (_, error) => isTemporary(error),
        retryDelay: (attempt) => Math.min(longestMs, firstMs * 2 ** attempt),
        // Asked once without network too, so that the page says so instead of waiting in silence.
        networkMode: "offlineFirst",
      },
      mutations: { networkMode: "always" },
    },
  });
  held.set(client, queries);
  client.session.subscribe(() => {
    if (client.session.getSnapshot().state !== "signed_in") queries.clear();
  });
  return queries;
}
