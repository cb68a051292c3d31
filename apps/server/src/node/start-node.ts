import { collectServices, registerCommands, startInOrder } from "../feature-contract/compose-parts.ts";
import type { NodeServices } from "../feature-contract/feature.ts";
import type { FeatureList } from "../feature-contract/feature-list.ts";
import type { SocketContext } from "../gateway/index.ts";
import { type DescriptorWatch, watchDescriptors } from "../platform/descriptors.ts";
import { listen } from "../platform/http/listener.ts";
import { originOfBind, ownOrigins } from "../platform/http/own-addresses.ts";
import { serveMetrics } from "../platform/metrics/serve-metrics.ts";
import { createNodeHttp } from "./node-http.ts";
import { addNodeMetrics } from "./node-metrics.ts";
import { type NodeDeps, type NodePorts, openNode } from "./node-ports.ts";

/** How long the closing of clients is spread when a node drains, in ms. */
const drainMs = 2_000;

/**
 * Starts a node with features; what comes up first goes down last. Of no feature it knows more than the contract.
 *
 * Resolves when it serves. The database is up to date by then; that is the caller's doing.
 */
export async function startNode<E>(features: FeatureList<NodePorts, E>, deps: NodeDeps) {
  const { config, db, bus, shutdown } = deps;
  let supplied: NodeServices | null = null;
  const node = await openNode(deps, () => {
    if (!supplied) throw new Error("Features are asked while they are being made.");
    return supplied;
  });
  const { ports, gateway, load, metrics, clients } = node;
  const { log, clock, jobs, accountLog, accountLimits, outbox } = ports;

  const { parts, exports } = await features.create(ports);
  const services = collectServices(parts);
  supplied = services;
  registerCommands(parts, gateway);
  const unanswered = gateway.listUnanswered();
  if (unanswered.length > 0) throw new Error(`No feature answers ${unanswered.join(", ")}.`);

  let isDraining = false;
  let descriptors: DescriptorWatch | null = null;
  const http = await createNodeHttp(node, {
    parts,
    services,
    health: {
      database: () => db.ping(),
      bus: () => bus.ping(),
      descriptors: () => !descriptors?.isShort,
      isDraining: () => isDraining,
    },
  });

  if (metrics && config.metrics) {
    addNodeMetrics(metrics, { gateway, db, load, jobs, isDraining: () => isDraining });
    for (const part of parts) part.metrics?.(metrics);
    const served = serveMetrics(metrics, config.metrics, log);
    shutdown.add("metrics", () => served.stop());
  }

  shutdown.add("mail", () => outbox.stop());
  // It ends after the features, whose last writes it still publishes, and begins when they have read what they number by.
  shutdown.add("account log", async () => accountLog.close());
  shutdown.add("limits of accounts", () => accountLimits.stop());
  await startInOrder(parts, shutdown);
  await accountLog.start();
  await accountLimits.start();
  // After all that has jobs to do, so that they end first.
  if (ports.isWorker) await jobs.start();
  shutdown.add("jobs", () => jobs.stop());

  const isGateway = config.roles.includes("gateway");
  const listener = listen<SocketContext>({
    port: config.port,
    hostname: config.bind,
    fetch: (request, exchange, running) =>
      running && isGateway && new URL(request.url).pathname === "/realtime"
        ? gateway.upgrade(request, running)
        : http.fetch(request, exchange),
    websocket: gateway.websocket,
    clients,
    log,
    onServer: (server) => gateway.attach(server),
  });
  const { port } = listener;
  if (config.origins.length === 0) node.allowOrigins(ownOrigins(config.bind, port));
  shutdown.add("http", () => listener.stop());
  descriptors = watchDescriptors({ clock, log, pause: listener.pause, resume: listener.resume });
  shutdown.add("descriptors", () => descriptors?.stop());
  shutdown.add("gateway", async () => {
    isDraining = true;
    await gateway.drain(gateway.stats().connectionCount > 10 ? drainMs : 0);
    gateway.stop();
  });

  const routes = http.policies.list(http.routes);
  return { ...exports, port, url: originOfBind(config.bind, port), accountLog, accountLimits, gateway, routes };
}
