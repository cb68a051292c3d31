import { RedisClient } from "bun";
import type { Log } from "../log.ts";
import type { Bus } from "./bus.ts";

const options = {
  autoReconnect: true,
  maxRetries: 0xffff_ffff,
  enableOfflineQueue: false,
  connectionTimeout: 5_000,
};

/**
 * The bus over Redis' publish and subscribe. A node hears itself there, so each payload is preceded by who sent it. The
 * client forgets its subscriptions when it reconnects; they are made again before anybody is told that it is back.
 */
export async function openRedisBus(url: string, { log }: { readonly log: Log }): Promise<Bus> {
  const self = crypto.randomUUID().slice(0, 8);
  const talker = new RedisClient(url, options);
  const hearer = new RedisClient(url, options);
  const handlers = new Map<string, Set<(payload: string) => void>>();
  const listeners: (() => void)[] = [];

  const hear = (message: string, subject: string) => {
    if (message.startsWith(self)) return;
    const payload = message.slice(self.length);
    for (const handle of handlers.get(subject) ?? []) handle(payload);
  };

  async function subscribeAgain(): Promise<void> {
    for (const subject of handlers.keys()) {
      await hearer.unsubscribe(subject).catch(() => {});
      await hearer.subscribe(subject, hear);
    }
  }

  await Promise.all([talker.connect(), hearer.connect()]);
  hearer.onconnect = () => {
    subscribeAgain().then(
      () => {
        log.info("The bus is back.");
        for (const listener of listeners) listener();
      },
      (error) => log.warn("The bus came back and went again.", { error }),
    );
  };

  return {
    publish(subject, payload) {
      talker.publish(subject, self + payload).catch(() => {
        // Lost, as the bus may lose; the heads tell.
      });
    },
    async subscribe(subject, handle) {
      const known = handlers.get(subject);
      if (known) known.add(handle);
      else {
        handlers.set(subject, new Set([handle]));
        await hearer.subscribe(subject, hear);
      }
      return async () => {
        const left = handlers.get(subject);
        left?.delete(handle);
        if (left?.size !== 0) return;
        handlers.delete(subject);
        await hearer.unsubscribe(subject).catch(() => {});
      };
    },
    onReconnect: (listener) => void listeners.push(listener),
    async ping() {
      const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), 1_000).unref());
      return Promise.race([
        talker.ping().then(
          () => hearer.connected,
          () => false,
        ),
        late,
      ]);
    },
    async close() {
      talker.close();
      hearer.close();
    },
  };
}
