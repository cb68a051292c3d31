import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { Bus } from "./bus.ts";
import { MemoryHub } from "./memory-bus.ts";
import { openNatsBus } from "./nats-bus.ts";
import { openRedisBus } from "./redis-bus.ts";

/** Opens the bus that a URL names; without one, the memory of a single process. Throws {@link StartError} in words. */
export async function openBus(url: string | null, deps: { readonly log: Log }): Promise<Bus> {
  if (!url) return new MemoryHub().connect(deps.log);
  try {
    return await (/^(nats|tls):/.test(url) ? openNatsBus(url, deps) : openRedisBus(url, deps));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`BUS_URL cannot be used: ${(error as Error).message}.`);
  }
}
