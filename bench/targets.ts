import type { Target } from "./metric.ts";

/** What each number should reach on a machine with two cores of 2.6 GHz that also carries the database and the load. */
export const targets: Readonly<Record<string, Target>> = {
  "fanout.deliveries_per_s": { ofBaseline: 0.85 },
  "fanout_burst.deliveries_per_s": { least: 1_200_000 },
  "fanout_paced.p99_ms": { most: 4 },
  "fanout_paced.server_cpu_percent": { most: 35 },
  "durable_20x5.sends_per_s": { least: 20_000 },
  "durable_20x5.p99_ms": { most: 20 },
  "durable_10x50.sends_per_s": { least: 6_000 },
  "paced_2500.p50_ms": { most: 2 },
  "paced_2500.p99_ms": { most: 5 },
  "hot_room.sends_per_s_10": { least: 10_000 },
  "hot_room.sends_per_s_500": { least: 10_000 },
  "idle.bytes_per_connection": { most: 12_288 },
  "start.ready_ms": { most: 3_000 },
  "start.idle_rss_mb": { most: 300 },
};
