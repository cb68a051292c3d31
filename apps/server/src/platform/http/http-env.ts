import type { SocketAddresses } from "./client-address.ts";

/** What travels with each request. */
export type HttpEnv = {
  Bindings: { readonly server: SocketAddresses | null };
  Variables: {
    requestId: string;
    /** Counts the request for the account that it is made by, once that is known; missing where nothing is limited. */
    countAccount?: (accountId: string) => void;
  };
};
