import type { Log } from "../log.ts";
import type { Bus } from "./bus.ts";
import { MemoryHub } from "./memory-bus.ts";
import { openNatsBus } from "./nats-bus.ts";
import { openRedisBus } from "./redis-bus.ts";

/** Opens the bus that a URL names; without one, the memory of a single process. */
export async function openBus(url: string | null, deps: { readonly log: Log }): Promise<Bus> {
  if (!url) return new MemoryHub().connect(deps.log);
  if (/^(nats|tls):/.test(url)) return openNatsBus(url, deps);
  return openRedisBus(url, deps);
}
