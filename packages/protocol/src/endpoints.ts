import type { CommandName } from "./commands.ts";
import { at, type Cost } from "./endpoint.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";
import { httpPaths } from "./http-paths.ts";
import type { RateLimitName } from "./rate-limits.ts";

export { type Cost, costs } from "./endpoint.ts";

/** One place where calls come in: what a call costs, and the limits that stand before it, in their order. */
export type Endpoint = { readonly cost: Cost; readonly limits: readonly [RateLimitName, ...RateLimitName[]] };

/**
 * Every HTTP route, `METHOD path`. A server whose routes are not all here does not start. `GET /*` stands for the files
 * of the web app and for whatever has no route.
 */
export const httpEndpoints: Readonly<Record<string, Endpoint>> = {
  ...mergeParts(featureProtocols, "httpEndpoints"),
  [`GET ${httpPaths.realtime}`]: at("memory", "socket"),
  "GET /healthz": at("memory", "health"),
  "GET /readyz": at("read", "health"),
  "GET /api/openapi.json": at("memory", "page"),
  "GET /api/docs": at("memory", "page"),
  "GET /api/docs/start.js": at("memory", "page"),
  "GET /api/docs/swagger-ui.css": at("file", "page"),
  "GET /api/docs/swagger-ui-bundle.js": at("file", "page"),
  "GET /dev/mail": at("memory", "page"),
  "GET /dev/mail/all.json": at("memory", "page"),
  "GET /*": at("file", "file"),
};

/** Every command of the realtime door. What one connection may say in all stands before each of them besides. */
export const commandEndpoints: Readonly<Record<CommandName, Endpoint>> = {
  connect: at("signature", "socket"),
  "auth.renew": at("signature", "token"),
  "connection.beat": at("memory", "beat"),
  "account.sync": at("read", "room_list"),
  ...mergeParts(featureProtocols, "commandEndpoints"),
};

/** The endpoint that answers where no route of its own does. */
export const fallbackEndpoint = "GET /*";
