import type { HttpApp } from "./app.ts";

export type HealthChecks = {
  readonly database: () => Promise<boolean>;
  readonly bus: () => Promise<boolean>;
  /** Whether files and sockets can be opened. */
  readonly descriptors: () => boolean;
  readonly isDraining: () => boolean;
  /** Monotonic ms; the machine's if left out. */
  readonly now?: () => number;
};

/** How long what was found out is returned to further callers, in ms. */
const freshMs = 250;

/** `/healthz`: the process runs. `/readyz`: it can serve, so a load balancer may send people here. */
export function addHealth(app: HttpApp, checks: HealthChecks): void {
  const { now = () => performance.now() } = checks;
  let probe: { readonly startedAt: number; readonly found: Promise<readonly [boolean, boolean]> } | null = null;

  /** All who ask at about the same time share one look: however many ask, database and bus are asked four times a second. */
  function look(): Promise<readonly [boolean, boolean]> {
    if (!probe || now() - probe.startedAt >= freshMs) {
      probe = { startedAt: now(), found: Promise.all([checks.database(), checks.bus()]) };
    }
    return probe.found;
  }

  app.under("api", () => {
    app.get("/healthz", (context) => context.json({ status: "ok" }));
    app.get("/readyz", async (context) => {
      const [database, bus] = await look();
      const isDraining = checks.isDraining();
      const descriptors = checks.descriptors();
      const isReady = database && bus && descriptors && !isDraining;
      const status = isReady ? "ready" : "not ready";
      return context.json({ status, database, bus, descriptors, isDraining }, isReady ? 200 : 503);
    });
  });
}
