import type { Exchange } from "./exchange.ts";
import type { HttpPolicyName } from "./http-policy.ts";

/** What travels with each request. */
export type HttpEnv = {
  Bindings: Exchange;
  Variables: {
    requestId: string;
    policy: HttpPolicyName;
    /** Counts the request for the account that it is made by, once that is known; missing where nothing is limited. */
    countAccount?: (accountId: string) => void;
    /** The body byte for byte, where the route's policy says so. */
    rawBody?: Uint8Array;
  };
};
