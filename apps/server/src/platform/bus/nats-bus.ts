import { connect, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import { answersInTime, type Bus, maxUnansweredBytes } from "./bus.ts";
import { BusListeners } from "./bus-listeners.ts";

const reconnectMs = 250;

/** The bus over NATS: core subjects, no persistence, own publications not heard. */
export async function openNatsBus(url: string, { log }: { readonly log: Log }): Promise<Bus> {
  const connection = await connectTo(url);
  const listeners = new BusListeners(log);
  const subscriptions = new Map<string, Subscription>();
  let isUp = true;
  void watchStatus(connection, log, (isUpNow) => {
    isUp = isUpNow;
    if (isUpNow) listeners.tellBack();
  });

  // What was handed to the client since it last heard that all before had arrived.
  let unansweredBytes = 0;
  let isAsking = false;
  function ask(): void {
    if (isAsking) return;
    isAsking = true;
    const asked = unansweredBytes;
    connection
      .flush()
      .then(
        () => {
          unansweredBytes -= asked;
        },
        () => {
          // It went away, and what was on its way with it.
          unansweredBytes = 0;
        },
      )
      .finally(() => {
        isAsking = false;
      });
  }

  return {
    publish(subject, payload) {
      // The client would keep without bound what is published while the broker is away or frozen.
      if (!isUp || connection.isClosed() || unansweredBytes > maxUnansweredBytes) return;
      connection.publish(subject, payload);
      unansweredBytes += subject.length + payload.length;
      ask();
    },
    async subscribe(subject, handle) {
      const { isFirst, remove } = listeners.add(subject, handle);
      if (isFirst) {
        const callback = (error: Error | null, message: { string(): string }) => {
          if (!error) listeners.hear(subject, message.string());
        };
        subscriptions.set(subject, connection.subscribe(subject, { callback }));
      }
      if (isUp) await answersInTime(connection.flush());
      return async () => {
        if (!remove()) return;
        subscriptions.get(subject)?.unsubscribe();
        subscriptions.delete(subject);
      };
    },
    onReconnect: (listener) => listeners.addBack(listener),
    ping: async () => isUp && !connection.isClosed() && answersInTime(connection.flush()),
    close: () => connection.close(),
  };
}

async function connectTo(url: string): Promise<NatsConnection> {
  const { host, username, password } = new URL(url);
  try {
    return await connect({
      servers: url.startsWith("tls:") ? `tls://${host}` : host,
      ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
      name: "maru",
      noEcho: true,
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectMs,
      reconnectJitter: reconnectMs,
      pingInterval: 5_000,
      maxPingOut: 2,
    });
  } catch (error) {
    throw new StartError(`The bus at ${host} cannot be used: ${(error as Error).message}. See BUS_URL.`);
  }
}

async function watchStatus(connection: NatsConnection, log: Log, tell: (isUp: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") {
      log.warn("The bus is away.");
      tell(false);
    } else if (type === "reconnect") tell(true);
  }
}
