import type { CloseCode, CommandName, Push } from "@maru/protocol";
import { encodePushes } from "@maru/protocol";
import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import { Admission, usualAdmission } from "./admission.ts";
import { type CommandCount, CommandCounts } from "./command-counts.ts";
import type { Connection, LiveConnection } from "./connection.ts";
import { ConnectionRegistry } from "./connection-registry.ts";
import type { GatewayDeps } from "./deps.ts";
import { createDispatch } from "./dispatch.ts";
import { drainConnections } from "./drain.ts";
import type { Handshake } from "./handshake.ts";
import { softBufferBytes, startIdleConnectionReaper } from "./idle-connection-reaper.ts";
import { Listeners } from "./listeners.ts";
import { type CommandHandler, CommandRegistry } from "./registry.ts";
import { accountTopic, createSignOn } from "./sign-on.ts";
import { TokenReadings } from "./token-readings.ts";
import { createUpgrade } from "./upgrade.ts";

export type GatewayStats = {
  readonly connectionCount: number;
  readonly accountCount: number;
  readonly admissionCount: number;
};

/** The door for sockets. Features register commands with it and publish to topics; it knows none of them. */
export interface Gateway {
  /** Answers `GET /realtime`; undefined when the socket was taken over. */
  upgrade(request: Request, server: Server<Handshake>): Response | undefined;
  readonly websocket: WebSocketHandler<Handshake>;
  /** Gives the gateway the server that its next connections come by; those before stay on theirs. */
  attach(server: Server<Handshake>): void;
  command<N extends CommandName>(name: N, handler: CommandHandler<N>): void;
  /** Commands of the protocol without a handler; empty in a composed app. */
  listUnanswered(): CommandName[];
  /** Sends an already serialised frame to all subscribers of a topic on this node. */
  publish(topic: string, frame: string): void;
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

/** Native bounds stand above ours, so that our codes are what a client sees. */
const nativeFrameBytes = 1_048_576;
/** Below the 20,000 open files that a process usually gets. */
const usualMaxConnections = 18_000;

export function createGateway(deps: GatewayDeps): Gateway {
  const { clock, log } = deps;
  const maxConnections = Math.min(deps.maxConnections ?? usualMaxConnections, usualMaxConnections);
  const connectionRegistry = new ConnectionRegistry();
  const registry = new CommandRegistry();
  const counts = new CommandCounts();
  const admission = new Admission(clock, deps.admission ?? usualAdmission);
  const reaper = startIdleConnectionReaper(connectionRegistry, clock);
  const { authenticator } = deps;
  const readings = new TokenReadings();
  const connected = new Listeners<[Connection]>(log, "connected");
  const onConnected = (connection: LiveConnection) => connected.notify(connection);
  const { expectEnd } = reaper;
  const signOn = createSignOn({
    authenticator,
    clock,
    admission,
    connectionRegistry,
    readings,
    expectEnd,
    onConnected,
  });
  const closed = new Listeners<[Connection, string]>(log, "closed");
  let server: Server<Handshake> | null = null;
  /** Those whose port was closed to others and whose sockets are still there; almost always none. */
  let former: readonly Server<Handshake>[] = [];
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
  registry.register("auth.renew", (connection, { token }) => signOn.renew(connection as LiveConnection, token));
  // Answered by the dispatch, before there is a right to run anything; registered so that it counts as answered.
  registry.register("connect", () => {
    throw new Error("The dispatch answers connect.");
  });

  const websocket: WebSocketHandler<Handshake> = {
    open(socket) {
      const { connection, refusal } = socket.data;
      // Bun types a socket by its data; the connection only calls what every socket has.
      connection.socket = socket as unknown as ServerWebSocket<LiveConnection>;
      connectionRegistry.opened(connection);
      if (refusal) connection.close(refusal);
    },
    message(socket, data) {
      dispatch.receive(socket.data.connection, data);
    },
    ping(socket) {
      dispatch.count(socket.data.connection);
    },
    pong(socket) {
      dispatch.count(socket.data.connection);
    },
    close(socket) {
      const { connection } = socket.data;
      connection.state = { is: "closed" };
      connectionRegistry.closed(connection);
      if (connection.owner !== null) closed.notify(connection, connection.owner);
    },
    maxPayloadLength: nativeFrameBytes,
    backpressureLimit: softBufferBytes * 2,
    closeOnBackpressureLimit: true,
    idleTimeout: 120,
    sendPings: true,
    perMessageDeflate: false,
    publishToSelf: true,
  };

  function publish(topic: string, frame: string): void {
    server?.publish(topic, frame);
    for (const old of former) old.publish(topic, frame);
  }

  function closeWhere(
    accountOrAll: Iterable<LiveConnection>,
    code: CloseCode,
    isMeant: (c: LiveConnection) => boolean,
  ): void {
    for (const connection of [...accountOrAll]) if (isMeant(connection)) connection.close(code);
  }

  return {
    upgrade: createUpgrade({ ...deps, connectionRegistry, maxConnections, isDraining: () => isDraining }),
    websocket,
    attach(running) {
      former = [...former, ...(server ? [server] : [])].filter((old) => old.pendingWebSockets > 0);
      server = running;
    },
    command: (name, handler) => registry.register(name, handler),
    listUnanswered: () => registry.listUnanswered(),
    publish,
    pushToAccount(accountId, push) {
      if (connectionRegistry.ofAccount(accountId).length > 0) publish(accountTopic(accountId), encodePushes([push]));
    },
    connectionsOf: (accountId) => connectionRegistry.ofAccount(accountId).filter((connection) => connection.isOpen),
    *connections() {
      for (const connection of connectionRegistry.all) if (connection.isOpen) yield connection;
    },
    closeSession(sessionId, code) {
      readings.noteEnding({ sessionId, code });
      closeWhere(connectionRegistry.all, code, (connection) => connection.sessionId === sessionId);
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
