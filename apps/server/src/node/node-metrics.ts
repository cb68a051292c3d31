import type { Gateway } from "../gateway/index.ts";
import type { Database } from "../platform/db/database.ts";
import type { Jobs } from "../platform/jobs/jobs.ts";
import type { Load } from "../platform/load.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";

export type NodeParts = {
  readonly gateway: Pick<Gateway, "stats" | "countCommands">;
  readonly db: Pick<Database, "stats" | "isWritable">;
  readonly load: Load;
  readonly jobs: Pick<Jobs, "stats" | "countEndings">;
  readonly isDraining: () => boolean;
};

/** Names what an operator watches of a node, whatever features it has; `docs/operate/metrics.md` says what to make of it. */
export function addNodeMetrics(metrics: Metrics, { gateway, db, load, jobs, isDraining }: NodeParts): void {
  metrics.gauge("maru_connections", "Sockets held.", () => gateway.stats().connectionCount);
  metrics.gauge("maru_accounts_connected", "Accounts with a socket.", () => gateway.stats().accountCount);
  metrics.gauge("maru_connects_waiting", "Connects that wait to be let in.", () => gateway.stats().admissionCount);
  metrics.counter("maru_commands_total", "Commands answered, by what came of them.", () => gateway.countCommands(), [
    "command",
    "outcome",
  ]);
  metrics.gauge("maru_database_running", "Questions to the database under way.", () => db.stats().runningCount);
  metrics.gauge("maru_database_waiting", "Questions that wait for the database.", () => db.stats().waitingCount);
  metrics.gauge("maru_database_writable", "1 while the database takes writes.", () => Number(db.isWritable));
  const eachKind = <K extends "runningCount" | "lateSeconds">(name: K) =>
    jobs.stats().map((stats) => ({ kind: stats.kind, value: stats[name] }));
  metrics.gauge("maru_jobs_running", "Jobs in hand, by kind.", () => eachKind("runningCount"), ["kind"]);
  metrics.gauge(
    "maru_jobs_late_seconds",
    "Age of the job that has been due for longest.",
    () => eachKind("lateSeconds"),
    ["kind"],
  );
  metrics.counter("maru_jobs_total", "Jobs ended, by how.", () => jobs.countEndings(), ["kind", "ending"]);
  metrics.gauge("maru_late", "1 while the event loop was late within the last second.", () => Number(load.isLate));
  metrics.gauge("maru_draining", "1 once the node asks its clients to move over.", () => Number(isDraining()));
}
