import type { Server } from "bun";

/** What travels with each request. */
export type HttpEnv = {
  Bindings: { readonly server: Server<unknown> | null };
  Variables: {
    requestId: string;
    /** Counts the request for the account that it is made by, once that is known; missing where nothing is limited. */
    countAccount?: (accountId: string) => void;
  };
};
