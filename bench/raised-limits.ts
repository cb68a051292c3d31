/**
 * Loaded into the server before its own code: raises limits that a person would hit long before the server does. They
 * stay in force, only higher, so that what they cost is measured too. `BENCH_LIMITS` holds those of the protocol as JSON;
 * with any of them, all rates that a node counts for itself are raised as well.
 */
import { limits, nodeRateLimits, usualAccountLimits } from "@maru/protocol";

const raised: object = JSON.parse(process.env["BENCH_LIMITS"] ?? "{}");
for (const [name, value] of Object.entries(raised)) {
  Object.assign(name in usualAccountLimits ? usualAccountLimits : limits, { [name]: value });
}
if (Object.keys(raised).length > 0) {
  for (const rule of Object.values(nodeRateLimits)) Object.assign(rule, { burst: 1e6, perSecond: 1e6 });
}
