import { RedisClient } from "bun";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import { answersInTime, type Bus, maxUnansweredBytes } from "./bus.ts";
import { BusListeners } from "./bus-listeners.ts";

const options = {
  autoReconnect: true,
  maxRetries: 1_000_000,
  enableOfflineQueue: false,
  connectionTimeout: 5_000,
};

/**
 * The bus over Redis' publish and subscribe. A node receives its own there, so each payload is preceded by who sent it. The
 * client forgets its subscriptions when it reconnects; they are made again before anybody is notified that it is back.
 */
export async function openRedisBus(url: string, { log }: { readonly log: Log }): Promise<Bus> {
  await requireBroker(url);
  const self = crypto.randomUUID().slice(0, 8);
  const publisher = new RedisClient(url, options);
  const subscriber = new RedisClient(url, options);
  const listeners = new BusListeners(log);
  let unansweredBytes = 0;
  let isClosed = false;

  const deliver = (message: string, subject: string) => {
    if (!message.startsWith(self)) listeners.deliver(subject, message.slice(self.length));
  };

  async function subscribeAgain(): Promise<void> {
    for (const subject of listeners.subjects) {
      await subscriber.unsubscribe(subject).catch(() => {});
      await subscriber.subscribe(subject, deliver);
    }
  }

  await Promise.all([publisher.connect(), subscriber.connect()]);
  subscriber.onclose = () => {
    if (!isClosed) log.warn("The bus is away.");
  };
  subscriber.onconnect = () => {
    subscribeAgain().then(
      () => listeners.notifyBack(),
      (error) => log.warn("The bus came back and went again.", { error }),
    );
  };

  return {
    publish(subject, payload) {
      if (!publisher.connected || unansweredBytes > maxUnansweredBytes) return;
      const bytes = subject.length + payload.length;
      unansweredBytes += bytes;
      publisher
        .publish(subject, self + payload)
        // Lost, as the bus may lose; the comparison of heads heals it.
        .catch(() => {})
        .finally(() => {
          unansweredBytes -= bytes;
        });
    },
    async subscribe(subject, handle) {
      const { isFirst, remove } = listeners.add(subject, handle);
      // What fails now because it is away is made with all others when it is back.
      if (isFirst && subscriber.connected) await answersInTime(subscriber.subscribe(subject, deliver));
      return async () => {
        if (remove() && subscriber.connected) await answersInTime(subscriber.unsubscribe(subject));
      };
    },
    onReconnect: (listener) => listeners.addBack(listener),
    ping: async () => publisher.connected && subscriber.connected && answersInTime(publisher.ping()),
    async close() {
      isClosed = true;
      publisher.close();
      subscriber.close();
    },
  };
}

/** The clients that stay try for ever; this one tries once, and says why not. */
async function requireBroker(url: string): Promise<void> {
  if (!URL.canParse(url)) throw new StartError("BUS_URL must be like redis://user:password@host:6379.");
  const client = new RedisClient(url, { ...options, autoReconnect: false, maxRetries: 0 });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    const { host } = new URL(url);
    throw new StartError(`The bus at ${host} cannot be used: ${(error as Error).message}. See BUS_URL.`);
  } finally {
    client.close();
  }
}
