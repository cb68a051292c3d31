import type { Server } from "bun";

/** What travels with each request. */
export type HttpEnv = {
  Bindings: { readonly server: Server<unknown> | null };
  Variables: { requestId: string };
};
