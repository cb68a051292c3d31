import { SQL } from "bun";

export type DatabaseTarget =
  | { readonly socketPath: string; readonly username: string; readonly database: string }
  | { readonly url: string };

/** Opens connections of the driver; none is made before the first query. */
export function openDriver(
  target: DatabaseTarget,
  settings: Readonly<Record<string, string>>,
  options: { readonly max: number; readonly connectSeconds: number },
): SQL {
  const shared = {
    max: options.max,
    adapter: "postgres" as const,
    connection: { application_name: "maru", timezone: "UTC", ...settings },
    connectionTimeout: options.connectSeconds,
  };
  return "url" in target
    ? new SQL({ url: target.url, ...shared })
    : new SQL({ path: target.socketPath, username: target.username, database: target.database, ...shared });
}

/** How long calls on connections that were given up may go on, in seconds. */
const farewellSeconds = 5;

/**
 * A pool that can be changed for a fresh one. A connection whose other end has gone silent looks alive to the driver for
 * as long as the kernel repeats itself, a quarter of an hour; all that queues on it hangs with it.
 */
export class Pool {
  #current: SQL;

  constructor(readonly open: () => SQL) {
    this.#current = open();
  }

  get current(): SQL {
    return this.#current;
  }

  /** Gives up `used`: new calls go to fresh connections, running ones have a moment to end. Nothing when it is done already. */
  renew(used: SQL): void {
    if (used !== this.#current) return;
    this.#current = this.open();
    used.close({ timeout: farewellSeconds }).catch(() => {});
  }

  close(): Promise<void> {
    return this.#current.close({ timeout: farewellSeconds });
  }
}
