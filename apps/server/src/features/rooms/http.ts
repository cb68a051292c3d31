import type { OpenAPIHono } from "@hono/zod-openapi";
import { roomsCommandRoutes } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import { type CommandRun, registerCommandRoutes } from "../../platform/http/command-routes.ts";
import { type RealtimeDeps, registerCallerCommands } from "./realtime.ts";

/** What the middleware that requires an account leaves with a request. */
export type AccountEnv = { Variables: { right: { readonly accountId: string } } };

/** Registers the HTTP routes of rooms: commands, called and answered as on the socket. */
export function registerRoutes(
  app: OpenAPIHono<AccountEnv>,
  requireAccount: MiddlewareHandler<AccountEnv>,
  deps: RealtimeDeps,
): void {
  const handlers = new Map<string, CommandRun>();
  registerCallerCommands({ command: (name, handle) => void handlers.set(name, handle as CommandRun) }, deps);
  registerCommandRoutes(app, { routes: roomsCommandRoutes, handlers, middleware: requireAccount });
}
