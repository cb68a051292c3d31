import type { Gateway } from "../gateway/index.ts";
import type { HttpApp } from "../platform/http/app.ts";
import type { HttpPolicyName } from "../platform/http/http-policy.ts";
import type { Shutdown } from "../platform/shutdown.ts";
import type { Access, NodeServices } from "./feature.ts";
import type { NamedParts } from "./feature-list.ts";

const services = [
  "authenticate",
  "requireAccount",
  "observeRequest",
  "deviceOf",
  "accountRevs",
  "accountEpoch",
] as const satisfies readonly (keyof NodeServices)[];

/** Collects what the node needs of features. Each has to be supplied, and by one only. */
export function collectServices(parts: readonly NamedParts[]): NodeServices {
  const found = services.map((service) => {
    const suppliers = parts.filter((part) => part.services?.[service] !== undefined);
    const [supplier, other] = suppliers;
    if (!supplier) throw new Error(`No feature supplies ${service}.`);
    if (other) throw new Error(`Both ${supplier.name} and ${other.name} supply ${service}.`);
    return [service, supplier.services?.[service]];
  });
  return Object.fromEntries(found) as NodeServices;
}

/** Registers the commands of all. */
export function registerCommands(parts: readonly NamedParts[], gateway: Gateway): void {
  for (const { commands } of parts) commands?.(gateway);
}

/** Registers the routes of all, each under the policy that its feature named for it. */
export function registerRoutes(parts: readonly NamedParts[], http: HttpApp, access: Access): void {
  for (const { routes = {} } of parts) {
    for (const [policy, register] of Object.entries(routes)) {
      http.under(policy as HttpPolicyName, () => register(http, access));
    }
  }
}

/** Starts all in their order, and adds the end of each to the shut-down, which runs in the reverse of it. */
export async function startInOrder(parts: readonly NamedParts[], shutdown: Pick<Shutdown, "add">): Promise<void> {
  for (const { name, start, stop } of parts) {
    await start?.();
    if (stop) shutdown.add(name, stop);
  }
}
