import { withWholeAddress } from "../http/request-target.ts";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { Metrics } from "./metrics.ts";

export type MetricsAddress = { readonly host: string; readonly port: number };

/**
 * Answers `GET /metrics` at an address of its own, away from where people come in; throws in words when the address
 * cannot be had. Whoever reaches the address may read: it is the machine itself unless the operator opens it further.
 */
export function serveMetrics(metrics: Metrics, { host, port }: MetricsAddress, log: Log): { stop(): Promise<void> } {
  try {
    const server = Bun.serve({
      hostname: host,
      port,
      async fetch(request) {
        const whole = withWholeAddress(request);
        if (!whole) return new Response("Bad request\n", { status: 400 });
        if (new URL(whole.url).pathname !== "/metrics") return new Response("Not found\n", { status: 404 });
        if (request.method !== "GET")
          return new Response("Method not allowed\n", { status: 405, headers: { allow: "GET" } });
        return new Response(await metrics.render(), { headers: { "content-type": metrics.contentType } });
      },
      error: () => new Response("The metrics could not be read.\n", { status: 500 }),
    });
    log.info("Metrics can be read.", { host, port: server.port });
    return { stop: () => server.stop(true) };
  } catch (error) {
    throw new StartError(
      `MARU_METRICS: ${host}:${port} cannot be opened (${(error as NodeJS.ErrnoException).code ?? error}). Choose another address, or leave it out.`,
    );
  }
}
