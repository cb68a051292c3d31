import type { MaruClient } from "@maru/client";
import { createContext, type ReactNode, useContext } from "react";

const ClientContext = createContext<MaruClient | null>(null);

/** Gives the client to everything below. */
export function ClientProvider({ client, children }: { client: MaruClient; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The client of the nearest provider. */
export function useClient(): MaruClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useClient is used outside a ClientProvider.");
  return client;
}
