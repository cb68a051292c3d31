import { join } from "node:path";
import { limits } from "@maru/protocol";
import packageFile from "../package.json" with { type: "json" };
import type { Config } from "./config/index.ts";
import {
  createIdentity,
  generateSigningJwks,
  parseSigningJwks,
  readProviders,
  type SigningJwks,
} from "./features/identity/index.ts";
import { createMatching } from "./features/matching/index.ts";
import { createPresence } from "./features/presence/index.ts";
import { canPostByDefault, createRooms } from "./features/rooms/index.ts";
import { createGateway, type SocketContext } from "./gateway/index.ts";
import { addNodeMetrics } from "./node-metrics.ts";
import { openSecretBox } from "./open-secret-box.ts";
import { AccountLog } from "./platform/account-log/account-log.ts";
import type { Bus } from "./platform/bus/bus.ts";
import { systemClock } from "./platform/clock.ts";
import type { Database } from "./platform/db/database.ts";
import { quietenStorageFaults } from "./platform/db/storage-faults.ts";
import { type DescriptorWatch, processDescriptors, watchDescriptors } from "./platform/descriptors.ts";
import { addressKey } from "./platform/http/address-key.ts";
import { addApiDocs } from "./platform/http/api-docs.ts";
import { createHttpApp } from "./platform/http/app.ts";
import { createClientReader, isOwnMachine } from "./platform/http/client-address.ts";
import { listUnnamedRoutes } from "./platform/http/endpoint-limits.ts";
import { addHealth } from "./platform/http/health.ts";
import { listen } from "./platform/http/listener.ts";
import { isOriginAllowed } from "./platform/http/origins.ts";
import { isOpenToNetwork, originOfBind, ownOrigins } from "./platform/http/own-addresses.ts";
import { staticFiles } from "./platform/http/static-files.ts";
import { newId, secureRandom } from "./platform/ids.ts";
import { createJobs } from "./platform/jobs/jobs.ts";
import { readOrMakeSecretFile } from "./platform/key-file.ts";
import { createLease } from "./platform/leases.ts";
import { watchLoad } from "./platform/load.ts";
import type { Log } from "./platform/log.ts";
import { createDevMailbox } from "./platform/mail/dev-mailbox.ts";
import { createOutbox } from "./platform/mail/outbox.ts";
import { createSmtpTransport } from "./platform/mail/smtp-transport.ts";
import { createMetrics } from "./platform/metrics/metrics.ts";
import { serveMetrics } from "./platform/metrics/serve-metrics.ts";
import { createCommandCounter, createNodeLimits } from "./platform/node-limits.ts";
import { countsSweepEveryMs, createSharedLimits } from "./platform/shared-limits.ts";
import type { Shutdown } from "./platform/shutdown.ts";

export type AppDeps = {
  readonly config: Config;
  readonly db: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly shutdown: Shutdown;
  /** Folder of the built web app. */
  readonly webRoot: string;
  /** Lets ready accounts be made; loopback only. */
  readonly isDev?: boolean;
};

/** A running Maru. */
export type App = Awaited<ReturnType<typeof startApp>>;

/** How long clients are told to move over when a node drains, in ms. */
const drainMs = 2_000;

/**
 * Puts the product together: the only place that knows every feature. What comes up first goes down last.
 *
 * Resolves when it serves. The database is up to date by then; that is the caller's doing.
 */
export async function startApp({ config, db, bus, shutdown, webRoot, isDev = false, ...deps }: AppDeps) {
  const log = quietenStorageFaults(deps.log);
  const clock = systemClock;
  const nodeId = newId();
  let isDraining = false;
  let descriptors: DescriptorWatch | null = null;

  // What may be dropped is dropped while the event loop or the database is behind.
  const load = watchLoad(clock);
  shutdown.add("load", async () => load.stop());
  const isBusy = () => load.isLate || db.stats().waitingCount > 0;

  const has = (role: Config["roles"][number]) => config.roles.includes(role);

  // Where people reach us, and from where pages may act.
  const isOpen = isOpenToNetwork(config.bind);
  const listed = [...config.origins];
  const originRules = { listed, acceptsOwnAddress: config.origins.length === 0 && isOpen };
  const allowsOrigin = (origin: string, request: Request) => isOriginAllowed(origin, request, originRules);
  const clients = createClientReader(config.trustProxy);

  // Jobs: work that is owed, done by the nodes that are workers.
  const jobs = createJobs({ db, clock, log, bus });

  // Mail: kept until the mail server has it; under `dev` shown on this machine instead.
  const secretBox = await openSecretBox(config);
  const devMailbox = isDev && !isOpen && !config.smtpUrl ? createDevMailbox(clock) : null;
  const smtp = config.smtpUrl ? createSmtpTransport({ url: config.smtpUrl, from: config.mailFrom }) : null;
  const outbox = createOutbox({ jobs, log, secretBox, transport: smtp ?? devMailbox?.transport ?? null });
  if (!outbox.isOn) {
    log.warn("Mail is off: e-mails are not verified and forgotten passwords cannot be reset. See MARU_SMTP_URL.", {
      signUp: config.signUp,
    });
  }

  // Limits: what each node counts for itself, and what all of them count together.
  const nodeLimits = createNodeLimits(clock);
  const { take: takeShared, sweep } = createSharedLimits({ db, clock, secretBox });
  jobs.register({ name: "limits.counts", everyMs: countsSweepEveryMs, run: sweep });

  // Identity: who people are.
  const identity = await createIdentity({
    db,
    clock,
    log,
    signingKeys: await readSigningKeys(config),
    secretBox,
    jobs,
    outbox,
    signUpMode: config.signUp,
    eraseAfterMs: config.eraseAfterDays * 86_400_000,
    sessionLifeMs: config.sessionDays * 86_400_000,
    providers: { settings: readProviders(config), fetch: (url, init) => fetch(url, init) },
    origin: config.origins[0] ?? originOfBind(config.bind, config.port),
    allowsOrigin,
    clientAddress: (context) => clients.addressOf(context.req.raw, context.env?.server ?? null),
    operator: {
      operatorName: config.operatorName || undefined,
      operatorContact: config.operatorContact || undefined,
    },
    legalFolder: join(config.data, "legal"),
    allowsReadyAccounts: isDev && !isOpen,
    takeShared,
  });

  const metrics = config.metrics ? createMetrics() : null;

  // Gateway: sockets; fewer than there may be descriptors, so that who is too much is told to go to another node.
  const descriptorLimit = processDescriptors.findLimit();
  const gateway = createGateway({
    authenticator: identity.authenticator,
    clock,
    log,
    newId,
    random: secureRandom,
    allowsOrigin,
    ...(descriptorLimit === null ? {} : { maxConnections: Math.floor(descriptorLimit * 0.9) }),
    addressOf: (request, server) => addressKey(clients.addressOf(request, server)),
    countSocket: (address) => nodeLimits.take("socket", address),
    countCommand: createCommandCounter(nodeLimits),
    ...(metrics && {
      noteCommandMs: metrics.duration("maru_command_seconds", "How long commands took that did not end at once."),
    }),
  });
  identity.onRevoked(({ kind, accountId, sessionId, reason }) => {
    if (kind === "session" && sessionId) gateway.closeSession(sessionId, 4500);
    else if (kind === "account")
      gateway.closeAccount(accountId, reason === "suspended" || reason === "gone" ? 4501 : 4500);
  });

  // The account log: what changed for an account; what that is, features contribute.
  const accountLog = new AccountLog({
    db,
    bus,
    sockets: gateway,
    clock,
    log,
    nodeId,
    revs: { take: identity.takeAccountRevs, list: identity.listAccountRevs },
    epoch: (): string => rooms.accountEpoch(),
  });
  accountLog.register(gateway);

  // Rooms: everything said anywhere.
  const rooms = createRooms({
    db,
    bus,
    sockets: gateway,
    identity,
    accountLog,
    clock,
    newId,
    log,
    jobs,
    limits,
    nodeId,
    isBusy,
    takeShared,
  });
  rooms.register(gateway);
  rooms.registerPolicy("match", {
    canRead: (facts) => facts.memberState === "active",
    canPost: canPostByDefault,
    canManage: () => false,
    shows: "alias",
    onLeave: "close",
  });

  identity.onProfileChanged(({ accountId }) => {
    rooms.publishRename(accountId).catch((error) => log.warn("A new name was not published everywhere.", { error }));
  });

  // Presence: who is there.
  const presence = createPresence({
    db,
    bus,
    sockets: gateway,
    rooms,
    accountLog,
    clock,
    log,
    limits,
    nodeId,
    isBusy,
  });
  presence.register(gateway);

  // Matching: strangers who want to meet.
  const matching = createMatching({
    db,
    bus,
    sockets: gateway,
    identity,
    rooms,
    accountLog,
    lease: createLease(db, { name: "matching.pairing", holder: nodeId, termMs: 6_000, clock }),
    clock,
    newId,
    random: secureRandom,
    log,
    limits,
    takeShared,
  });
  matching.register(gateway);
  rooms.registerConsumer(matching.roomConsumer);
  identity.onRevoked(({ kind, accountId, reason }) => {
    if (kind !== "account" || (reason !== "suspended" && reason !== "gone")) return;
    matching.cancel(accountId).catch((error) => log.warn("A wait was not ended.", { error }));
  });

  // People who leave: what each feature takes away of them, and what it gives them to take along.
  identity.registerEraser({ name: "rooms", depart: rooms.departAccount, erase: rooms.eraseAccount });
  const endWait = (accountId: string) => matching.cancel(accountId).then(() => "done" as const);
  identity.registerEraser({ name: "matching", depart: endWait, erase: matching.eraseAccount });
  identity.registerEraser({ name: "presence", erase: presence.eraseAccount });
  identity.registerExporter({ name: "rooms", export: rooms.exportAccount });
  identity.registerExporter({ name: "matching", export: matching.exportAccount });

  const unanswered = gateway.listUnanswered();
  if (unanswered.length > 0) throw new Error(`No feature answers ${unanswered.join(", ")}.`);

  // HTTP: the API, its description, the web app.
  const http = createHttpApp({
    log,
    newId,
    observe: identity.observeRequest,
    limits: {
      limits: nodeLimits,
      addressOf: ({ req, env }) => addressKey(clients.addressOf(req.raw, env?.server ?? null)),
      deviceOf: identity.deviceOf,
    },
  });
  addHealth(http, {
    database: () => db.ping(),
    bus: () => bus.ping(),
    descriptors: () => !descriptors?.isShort,
    isDraining: () => isDraining,
  });
  if (has("web")) {
    identity.routes(http);
    devMailbox?.addPage(http, ({ req, env }) => isOwnMachine(req.raw, clients.addressOf(req.raw, env?.server ?? null)));
    http.under("api", () => rooms.routes(http as never, identity.requireAccount as never));
    addApiDocs(http, packageFile.version);
    http.use(await staticFiles(webRoot, isAppPath));
  }

  const unnamed = listUnnamedRoutes(http);
  if (unnamed.length > 0) throw new Error(`No limit is named for ${unnamed.join(", ")}.`);
  const faults = http.policies.listFaults(http.routes);
  if (faults.length > 0) throw new Error(`Each route has one policy: ${faults.join("; ")}.`);

  if (metrics && config.metrics) {
    addNodeMetrics(metrics, { gateway, db, load, jobs, rooms, isDraining: () => isDraining });
    const served = serveMetrics(metrics, config.metrics, log);
    shutdown.add("metrics", () => served.stop());
  }

  shutdown.add("mail", () => outbox.stop());
  // First of all: with another secret than the database's, the mails that wait would be taken for broken.
  await identity.start();
  shutdown.add("identity", () => identity.stop());
  await rooms.start({ dispatches: has("worker") });
  await accountLog.start();
  shutdown.add("account log", async () => accountLog.close());
  shutdown.add("rooms", () => rooms.stop());
  await presence.start();
  shutdown.add("presence", () => presence.stop());
  await matching.start({ pairs: has("worker") });
  shutdown.add("matching", () => matching.stop());
  // After all that has jobs to do, so that they end first.
  if (has("worker")) await jobs.start();
  shutdown.add("jobs", () => jobs.stop());

  const listener = listen<SocketContext>({
    port: config.port,
    hostname: config.bind,
    fetch: (request, exchange, running) =>
      running && has("gateway") && new URL(request.url).pathname === "/realtime"
        ? gateway.upgrade(request, running)
        : http.fetch(request, exchange),
    websocket: gateway.websocket,
    clients,
    log,
    onServer: (server) => gateway.attach(server),
  });
  const { port } = listener;
  if (config.origins.length === 0) listed.push(...ownOrigins(config.bind, port));
  shutdown.add("http", () => listener.stop());
  descriptors = watchDescriptors({ clock, log, pause: listener.pause, resume: listener.resume });
  shutdown.add("descriptors", () => descriptors?.stop());
  shutdown.add("gateway", async () => {
    isDraining = true;
    await gateway.drain(gateway.stats().connectionCount > 10 ? drainMs : 0);
    gateway.stop();
  });

  const routes = http.policies.list(http.routes);
  return { port, url: originOfBind(config.bind, port), identity, accountLog, rooms, matching, gateway, routes };
}

/** Addresses that are places inside the web app rather than files or parts of the API. */
function isAppPath(path: string): boolean {
  return !/^\/(api|assets|dev|realtime|healthz|readyz|terms|privacy)(\/|$)/.test(path) && !/\.\w+$/.test(path);
}

async function readSigningKeys(config: Config): Promise<SigningJwks> {
  const text =
    config.signingKeys ??
    (await readOrMakeSecretFile(join(config.data, "signing-keys.json"), async () =>
      JSON.stringify(await generateSigningJwks(newId().slice(-12))),
    ));
  return parseSigningJwks(text);
}
