import type { Log } from "../platform/log.ts";

/** What a shell reports of a program that a signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
const names = ["SIGINT", "SIGTERM"] as const;

/**
 * Resolves when this process is to end in order, with its exit code: 0 after a signal, 1 after a fault that nobody caught
 * and that may have left anything half done. A second signal ends it at once.
 *
 * A promise that failed and that nobody waits for is a fault of one request or one task; it is logged, and all the others
 * go on.
 */
export function waitForShutdown(log: Log): Promise<number> {
  process.on("unhandledRejection", (error) => log.error("A promise failed that nobody waits for.", { error }));
  return new Promise((resolve) => {
    process.on("uncaughtException", (error) => {
      log.error("A fault that nobody caught; Maru stops.", { error });
      resolve(1);
    });
    let isFirst = true;
    for (const name of names) {
      process.on(name, () => {
        if (!isFirst) process.exit(exitCodes[name]);
        isFirst = false;
        resolve(0);
      });
    }
  });
}
