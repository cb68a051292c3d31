import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import type { Bus } from "./bus.ts";

const reconnectMs = 250;

/** The bus over NATS: core subjects, no persistence, own publications not heard. */
export async function openNatsBus(url: string, { log }: { readonly log: Log }): Promise<Bus> {
  const { host, username, password } = new URL(url);
  const connection = await connect({
    servers: url.startsWith("tls:") ? `tls://${host}` : host,
    ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
    name: "maru",
    noEcho: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    reconnectJitter: reconnectMs,
    pingInterval: 5_000,
    maxPingOut: 2,
  });
  const listeners: (() => void)[] = [];
  void watchStatus(connection, listeners, log);
  return {
    publish(subject, payload) {
      // While it is away the client would keep what is published without bound; the bus may lose, so it does.
      if (!connection.isClosed() && isUp(connection)) connection.publish(subject, payload);
    },
    async subscribe(subject, handle) {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (!error) handle(message.string());
        },
      });
      await connection.flush();
      return async () => subscription.unsubscribe();
    },
    onReconnect: (listener) => void listeners.push(listener),
    ping: () => pingWithin(connection, 1_000),
    close: () => connection.close(),
  };
}

function isUp(connection: NatsConnection): boolean {
  return connection.info !== undefined;
}

async function watchStatus(connection: NatsConnection, listeners: readonly (() => void)[], log: Log): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "disconnect") log.warn("The bus is away.");
    if (status.type !== "reconnect") continue;
    log.info("The bus is back.");
    for (const listener of listeners) listener();
  }
}

async function pingWithin(connection: NatsConnection, ms: number): Promise<boolean> {
  if (connection.isClosed() || !isUp(connection)) return false;
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), ms).unref());
  return Promise.race([
    connection.rtt().then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
