import type { HttpApp } from "./app.ts";

export type HealthChecks = {
  readonly database: () => Promise<boolean>;
  readonly bus: () => Promise<boolean>;
  /** Whether files and sockets can be opened. */
  readonly descriptors: () => boolean;
  readonly isDraining: () => boolean;
};

/** `/healthz`: the process runs. `/readyz`: it can serve, so a load balancer may send people here. */
export function addHealth(app: HttpApp, checks: HealthChecks): void {
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    const [database, bus] = await Promise.all([checks.database(), checks.bus()]);
    const isDraining = checks.isDraining();
    const descriptors = checks.descriptors();
    const isReady = database && bus && descriptors && !isDraining;
    const status = isReady ? "ready" : "not ready";
    return context.json({ status, database, bus, descriptors, isDraining }, isReady ? 200 : 503);
  });
}
