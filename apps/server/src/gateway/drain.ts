import type { Clock } from "@maru/protocol";
import type { ConnectionRegistry } from "./connection-registry.ts";

const sliceMs = 50;

/** Closes all connections with 4000 in random order over a time, so that the other nodes are not met by all at once. */
export async function drainConnections(
  connectionRegistry: ConnectionRegistry,
  clock: Clock,
  random: () => number,
  spreadMs: number,
): Promise<void> {
  const order = [...connectionRegistry.all].map((connection) => ({ connection, at: random() * spreadMs }));
  order.sort((a, b) => a.at - b.at);
  for (let passed = 0, next = 0; next < order.length; passed += sliceMs) {
    for (let entry = order[next]; entry && entry.at <= passed; entry = order[++next]) entry.connection.close(4000);
    if (next < order.length) await new Promise<void>((resolve) => clock.setTimeout(resolve, sliceMs));
  }
}
