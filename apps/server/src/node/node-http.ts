import packageFile from "../../package.json" with { type: "json" };
import { registerRoutes } from "../feature-contract/compose-parts.ts";
import type { NodeServices } from "../feature-contract/feature.ts";
import type { NamedParts } from "../feature-contract/feature-list.ts";
import { addressKey } from "../platform/http/address-key.ts";
import { addApiDocs } from "../platform/http/api-docs.ts";
import { createHttpApp, type HttpApp } from "../platform/http/app.ts";
import { isOwnMachine } from "../platform/http/client-address.ts";
import { listUnnamedRoutes } from "../platform/http/endpoint-limits.ts";
import { addHealth, type HealthChecks } from "../platform/http/health.ts";
import { staticFiles } from "../platform/http/static-files.ts";
import type { Node } from "./node-ports.ts";

/** Puts HTTP together: health, the routes of features, their description, the web app. */
export async function createNodeHttp(
  { ports, clients, nodeLimits, devMailbox, webRoot }: Node,
  {
    parts,
    services,
    health,
  }: {
    readonly parts: readonly NamedParts[];
    readonly services: NodeServices;
    readonly health: HealthChecks;
  },
): Promise<HttpApp> {
  const { log, newId, config } = ports;
  const http = createHttpApp({
    log,
    newId,
    observe: services.observeRequest,
    limits: {
      limits: nodeLimits,
      addressOf: ({ req, env }) => addressKey(clients.addressOf(req.raw, env?.server ?? null)),
      deviceOf: services.deviceOf,
    },
  });
  addHealth(http, health);
  if (config.roles.includes("web")) {
    registerRoutes(parts, http, services);
    devMailbox?.addPage(http, ({ req, env }) => isOwnMachine(req.raw, clients.addressOf(req.raw, env?.server ?? null)));
    addApiDocs(http, packageFile.version);
    http.use(await staticFiles(webRoot, isAppPath));
  }
  const unnamed = listUnnamedRoutes(http);
  if (unnamed.length > 0) throw new Error(`No limit is named for ${unnamed.join(", ")}.`);
  const faults = http.policies.listFaults(http.routes);
  if (faults.length > 0) throw new Error(`Each route has one policy: ${faults.join("; ")}.`);
  return http;
}

/** Addresses that are places inside the web app rather than files or parts of the API. */
function isAppPath(path: string): boolean {
  return !/^\/(api|assets|dev|realtime|healthz|readyz|terms|privacy)(\/|$)/.test(path) && !/\.\w+$/.test(path);
}
