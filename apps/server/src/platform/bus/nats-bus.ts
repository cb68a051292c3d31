import { connect, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import { answersInTime, type Bus, maxUnansweredBytes } from "./bus.ts";
import { BusListeners } from "./bus-listeners.ts";

const reconnectMs = 250;

/** The bus over NATS: core subjects, no persistence, own publications not received. */
export async function openNatsBus(url: string, { log }: { readonly log: Log }): Promise<Bus> {
  const connection = await connectTo(url);
  const listeners = new BusListeners(log);
  const subscriptions = new Map<string, Subscription>();
  let isUp = true;
  void watchStatus(connection, log, (isUpNow) => {
    isUp = isUpNow;
    if (isUpNow) listeners.notifyBack();
  });

  // What was handed to the client since it was last acknowledged that all before had arrived.
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
          if (!error) listeners.deliver(subject, message.string());
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
  const { servers, login } = readAddress(url);
  try {
    return await connect({
      servers: [...servers],
      ...login,
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
    throw new StartError(`The bus at ${servers.join(", ")} cannot be used: ${(error as Error).message}. See BUS_URL.`);
  }
}

type NatsAddress = {
  readonly servers: readonly string[];
  readonly login: { readonly user?: string; readonly pass?: string; readonly token?: string };
};

/** Reads `nats://user:password@one:4222,two:4222`; a name without a password is a token. */
function readAddress(url: string): NatsAddress {
  const {
    scheme = "",
    name,
    password,
    hosts = "",
  } = /^(?<scheme>\w+):\/\/(?:(?<name>[^:@]*)(?::(?<password>[^@]*))?@)?(?<hosts>[^/?#@\s]+)\/?$/.exec(url)?.groups ??
  {};
  if (hosts === "") throw new StartError("BUS_URL must be like nats://user:password@host:4222,otherhost:4222.");
  const servers = hosts.split(",").map((host) => (scheme === "tls" ? `tls://${host}` : host));
  if (name === undefined) return { servers, login: {} };
  const user = decodeURIComponent(name);
  return { servers, login: password === undefined ? { token: user } : { user, pass: decodeURIComponent(password) } };
}

async function watchStatus(connection: NatsConnection, log: Log, onStatus: (isUp: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") {
      log.warn("The bus is away.");
      onStatus(false);
    } else if (type === "reconnect") onStatus(true);
  }
}
