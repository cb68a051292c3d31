import { type Limits, limits } from "@maru/protocol";
import type { Context } from "hono";
import type { Config } from "../config/index.ts";
import type { NodeServices } from "../feature-contract/feature.ts";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { openSecretBox } from "../open-secret-box.ts";
import { AccountLimitsCache } from "../platform/account-limits/account-limits-cache.ts";
import type { LimitsOf, LimitsSource } from "../platform/account-limits/limits-source.ts";
import { AccountLog } from "../platform/account-log/account-log.ts";
import type { Bus } from "../platform/bus/bus.ts";
import { systemClock } from "../platform/clock.ts";
import type { Database } from "../platform/db/database.ts";
import { quietenDatabaseFaults } from "../platform/db/storage-faults.ts";
import { processDescriptors } from "../platform/descriptors.ts";
import { addressKey } from "../platform/http/address-key.ts";
import { createClientReader } from "../platform/http/client-address.ts";
import type { HttpEnv } from "../platform/http/http-env.ts";
import { isOriginAllowed } from "../platform/http/origins.ts";
import { isOpenToNetwork, originOfBind } from "../platform/http/own-addresses.ts";
import { newId, secureRandom } from "../platform/ids.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { createLease } from "../platform/leases.ts";
import { watchLoad } from "../platform/load.ts";
import type { Log } from "../platform/log.ts";
import { createMetrics } from "../platform/metrics/metrics.ts";
import { createCommandCounter, createNodeLimits } from "../platform/node-limits.ts";
import { countsSweepEveryMs, createSharedLimits } from "../platform/shared-limits.ts";
import type { Shutdown } from "../platform/shutdown.ts";
import { openMail } from "./mail.ts";

/** What a node is made of. */
export type NodeDeps = {
  readonly config: Config;
  readonly db: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly shutdown: Shutdown;
  /** Folder of the built web app. */
  readonly webRoot: string;
  /** Lets ready accounts be made; loopback only. */
  readonly isDev?: boolean;
  /** Grants accounts other limits than usual; everybody has the usual ones if left out. */
  readonly limitsSource?: LimitsSource;
};

/** What features may need of the node. Each says in its own words what it does need. */
export type NodePorts = Awaited<ReturnType<typeof openNode>>["ports"];

export type Node = Awaited<ReturnType<typeof openNode>>;

/**
 * Opens what a node has before it has features: load, addresses, jobs, mail, limits, sockets and the account log. Nothing is
 * served yet. `services` is what features supply to it; it asks only once they are there.
 */
export async function openNode(
  { config, db, bus, shutdown, webRoot, isDev = false, ...deps }: NodeDeps,
  services: () => NodeServices,
) {
  const log = quietenDatabaseFaults(deps.log, db);
  const clock = systemClock;
  const nodeId = newId();

  // What may be dropped is dropped while the event loop or the database is behind.
  const load = watchLoad(clock);
  shutdown.add("load", async () => load.stop());
  const isBusy = () => load.isLate || db.stats().waitingCount > 0;

  // Where people reach us, and from where pages may act.
  const isOpen = isOpenToNetwork(config.bind);
  const listed = [...config.origins];
  const originRules = { listed, acceptsOwnAddress: config.origins.length === 0 && isOpen };
  const allowsOrigin = (origin: string, request: Request) => isOriginAllowed(origin, request, originRules);
  const clients = createClientReader(config.trustProxy);

  const jobs = createJobs({ db, clock, log, bus });
  const secretBox = await openSecretBox(config);
  const { outbox, devMailbox } = openMail({ config, isDev: isDev && !isOpen, jobs, clock, log, secretBox });

  // Limits: what each node counts for itself, and what all of them count together.
  const nodeLimits = createNodeLimits(clock);
  const { take: takeShared, sweep } = createSharedLimits({ db, clock, secretBox });
  jobs.register({ name: "limits.counts", everyMs: countsSweepEveryMs, run: sweep });

  const limitsOf: LimitsOf = (accountId, tx) => accountLimits.of(accountId, tx);

  const metrics = config.metrics ? createMetrics() : null;

  // Sockets: fewer than there may be descriptors, so that whoever is too much is sent to another node.
  const descriptorLimit = processDescriptors.findLimit();
  const gateway: Gateway = createGateway({
    authenticator: { authenticate: (token) => services().authenticate(token) },
    clock,
    log,
    newId,
    random: secureRandom,
    allowsOrigin,
    ...(descriptorLimit === null ? {} : { maxConnections: Math.floor(descriptorLimit * 0.9) }),
    addressOf: (request, server) => addressKey(clients.addressOf(request, server)),
    countSocket: (address) => nodeLimits.take("socket", address),
    countCommand: createCommandCounter(nodeLimits),
    limitsOf,
    ...(metrics && {
      noteCommandMs: metrics.duration("maru_command_seconds", "How long commands took that did not end at once."),
    }),
  });

  // The account log: what changed for an account; what that is, features contribute.
  const accountLog = new AccountLog({
    db,
    bus,
    sockets: gateway,
    clock,
    log,
    nodeId,
    revs: {
      take: (tx, accountIds) => services().accountRevs.take(tx, accountIds),
      list: (sql, accountIds) => services().accountRevs.list(sql, accountIds),
    },
    epoch: () => services().accountEpoch(),
  });
  accountLog.register(gateway);

  // What accounts may: the usual, or what is granted.
  const accountLimits = new AccountLimitsCache({ bus, sockets: gateway, clock, log });
  if (deps.limitsSource) accountLimits.register(deps.limitsSource);
  accountLog.contribute(accountLimits.contributor);

  const ports = {
    config,
    db,
    bus,
    sockets: gateway,
    accountLog,
    clock,
    newId,
    random: secureRandom,
    fetch: (url: string, init: object) => fetch(url, init),
    log,
    jobs,
    limits: limits as Limits,
    limitsOf,
    /** Takes in who grants limits, and hears of what changed there. */
    accountLimits,
    nodeId,
    isBusy,
    takeShared,
    secretBox,
    outbox,
    /** Where people reach this installation, as far as it is known before it listens. */
    origin: config.origins[0] ?? originOfBind(config.bind, config.port),
    allowsOrigin,
    /** The address that a request comes from, proxies considered. */
    clientAddress: ({ req, env }: Context<HttpEnv>) => clients.addressOf(req.raw, env?.server ?? null),
    /** True only under `maru dev` and bound to loopback. */
    allowsReadyAccounts: isDev && !isOpen,
    /** True on nodes that do work which is owed, and what one node at a time does. */
    isWorker: config.roles.includes("worker"),
    /** A right to do one thing on one node at a time. */
    openLease: (name: string, termMs: number) => createLease(db, { name, holder: nodeId, termMs, clock }),
  };
  const allowOrigins = (origins: readonly string[]) => void listed.push(...origins);
  return { ports, gateway, load, metrics, nodeLimits, clients, devMailbox, webRoot, allowOrigins };
}
