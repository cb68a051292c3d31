import { type CloseCode, type CommandName, limits, type Push, toWireId } from "@maru/protocol";
import { everybodyAsUsual } from "../platform/account-limits/limits-source.ts";
import { TokenBucket } from "../platform/token-bucket.ts";
import { Admission, usualAdmission } from "./admission.ts";
import { jsonFormat } from "./codecs/json-codec.ts";
import { type CommandCount, CommandCounts } from "./command-counts.ts";
import { type Connection, LiveConnection, type SignedInConnection } from "./connection.ts";
import { ConnectionRegistry } from "./connection-registry.ts";
import type { GatewayDeps } from "./deps.ts";
import { createDispatch } from "./dispatch.ts";
import { drainConnections } from "./drain.ts";
import { Fanout } from "./fanout.ts";
import { startIdleConnectionReaper } from "./idle-connection-reaper.ts";
import { Listeners } from "./listeners.ts";
import { type CommandHandler, CommandRegistry } from "./registry.ts";
import { accountTopic, createSignOn } from "./sign-on.ts";
import { TokenReadings } from "./token-readings.ts";
import { createAccept } from "./transports/accept.ts";
import { type BunTransport, createBunTransport } from "./transports/bun-transport.ts";
import type { Intake } from "./transports/intake.ts";
import type { Transport } from "./transports/transport.ts";

export type GatewayStats = {
  readonly connectionCount: number;
  readonly accountCount: number;
  readonly admissionCount: number;
};

/** The door for sockets. Features register commands with it and publish to topics; it knows none of them. */
export interface Gateway extends Pick<BunTransport, "upgrade" | "websocket" | "attach"> {
  /** Adds a transport besides the runtime's sockets; what is published reaches its clients too. */
  addTransport<T extends Transport>(create: (intake: Intake) => T): T;
  command<N extends CommandName>(name: N, handler: CommandHandler<N>): void;
  /** Commands of the protocol without a handler; empty in a composed app. */
  listUnanswered(): CommandName[];
  /** Sends pushes, each the JSON text of one, to all subscribers of a topic on this node, to be applied in their order. */
  publish(topic: string, pushes: readonly string[]): void;
  /** Sends a push to all connections of an account on this node. */
  pushToAccount(accountId: string, push: Push): void;
  connectionsOf(accountId: string): readonly Connection[];
  /** All ready connections on this node. */
  connections(): Iterable<Connection>;
  /** Closes the connections of a session or an account, also those whose token is being read just now. */
  closeSession(sessionId: string, code: CloseCode): void;
  closeAccount(accountId: string, code: CloseCode): void;
  onConnected(listener: (connection: Connection) => void): void;
  /** Told once for each connection that had been connected, with the account it was for. */
  onClosed(listener: (connection: Connection, accountId: string) => void): void;
  stats(): GatewayStats;
  /** How commands ended since the start. */
  countCommands(): readonly CommandCount[];
  /** Refuses new sockets and closes the others with 4000, spread over `spreadMs`. */
  drain(spreadMs: number): Promise<void>;
  stop(): void;
}

/** Below the 20,000 open files that a process usually gets. */
const usualMaxConnections = 18_000;

function* listReady(connections: Iterable<LiveConnection>): Iterable<Connection> {
  for (const { state } of connections) if (state.is === "ready") yield state;
}

export function createGateway(deps: GatewayDeps): Gateway {
  const { clock, log } = deps;
  const maxConnections = Math.min(deps.maxConnections ?? usualMaxConnections, usualMaxConnections);
  const connectionRegistry = new ConnectionRegistry();
  const registry = new CommandRegistry();
  const counts = new CommandCounts();
  const admission = new Admission(clock, deps.admission ?? usualAdmission);
  const reaper = startIdleConnectionReaper(connectionRegistry, clock);
  const { authenticator, limitsOf = everybodyAsUsual } = deps;
  const readings = new TokenReadings();
  const connected = new Listeners<[Connection]>(log, "connected");
  const onConnected = (connection: SignedInConnection) => connected.notify(connection);
  const { expectEnd } = reaper;
  const signOn = createSignOn({
    authenticator,
    clock,
    admission,
    connectionRegistry,
    readings,
    limitsOf,
    expectEnd,
    onConnected,
  });
  const closed = new Listeners<[Connection, string]>(log, "closed");
  const fanout = new Fanout(jsonFormat);
  let isDraining = false;

  const dispatch = createDispatch({
    clock,
    log,
    registry,
    signOn,
    countCommand: deps.countCommand,
    counts,
    noteDuration: deps.noteCommandMs,
  });
  registry.register("connection.beat", () => ({}));
  registry.register("auth.renew", (connection, { token }) => signOn.renew(connection as SignedInConnection, token));
  // Answered by the dispatch, before there is a right to run anything; registered so that it counts as answered.
  registry.register("connect", () => {
    throw new Error("The dispatch answers connect.");
  });

  const intake: Intake = {
    accept: createAccept({ ...deps, connectionRegistry, maxConnections, isDraining: () => isDraining }),
    open({ address, codec }, link) {
      const nowMs = clock.monotonic();
      const id = toWireId("connection", deps.newId());
      const bucket = new TokenBucket(limits.commandsBurst, nowMs);
      const connection = new LiveConnection({ id, address, bucket, nowMs, link, codec, fanout });
      connectionRegistry.opened(connection);
      return connection;
    },
    receive: dispatch.receive,
    countControl: dispatch.count,
    closed(connection) {
      connection.ended();
      connectionRegistry.closed(connection);
      const { signedIn } = connection;
      if (signedIn) closed.notify(signedIn, signedIn.accountId);
    },
  };

  function addTransport<T extends Transport>(create: (intake: Intake) => T): T {
    const transport = create(intake);
    fanout.addTransport(transport);
    return transport;
  }
  const sockets = addTransport((to) => createBunTransport(to, deps));

  function closeWhere(
    accountOrAll: Iterable<LiveConnection>,
    code: CloseCode,
    isMeant: (c: LiveConnection) => boolean,
  ): void {
    for (const connection of [...accountOrAll]) if (isMeant(connection)) connection.close(code);
  }

  return {
    upgrade: sockets.upgrade,
    websocket: sockets.websocket,
    attach: sockets.attach,
    addTransport,
    command: (name, handler) => registry.register(name, handler),
    listUnanswered: () => registry.listUnanswered(),
    publish: (topic, pushes) => fanout.publish(topic, pushes),
    pushToAccount(accountId, push) {
      if (connectionRegistry.ofAccount(accountId).length > 0) {
        fanout.publish(accountTopic(accountId), [JSON.stringify(push)]);
      }
    },
    connectionsOf: (accountId) => [...listReady(connectionRegistry.ofAccount(accountId))],
    connections: () => listReady(connectionRegistry.all),
    closeSession(sessionId, code) {
      readings.noteEnding({ sessionId, code });
      closeWhere(connectionRegistry.all, code, ({ state }) => state.is === "ready" && state.sessionId === sessionId);
    },
    closeAccount(accountId, code) {
      readings.noteEnding({ accountId, code });
      closeWhere(connectionRegistry.ofAccount(accountId), code, () => true);
    },
    onConnected: (listener) => connected.add(listener),
    onClosed: (listener) => closed.add(listener),
    stats: () => ({
      connectionCount: connectionRegistry.all.size,
      accountCount: connectionRegistry.accountCount,
      admissionCount: admission.waitingCount,
    }),
    countCommands: () => counts.list(),
    async drain(spreadMs) {
      isDraining = true;
      await drainConnections(connectionRegistry, clock, deps.random, spreadMs);
    },
    stop() {
      reaper.stop();
      admission.stop();
    },
  };
}
