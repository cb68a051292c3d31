import {
  commandEndpoints,
  costs,
  type Endpoint,
  type GuessLimit,
  httpEndpoints,
  type NodeRateLimit,
  rateLimits,
  type SharedRateLimit,
} from "@maru/protocol";
import { code, table } from "./markdown.ts";

type Limit = NodeRateLimit | SharedRateLimit | GuessLimit;
type Endpoints = Readonly<Record<string, Endpoint>>;

const scopes: Record<Limit["scope"], string> = {
  node: "each node its share",
  shared: "exact over all nodes",
  guess: "exact over all nodes",
};

const units = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A time in the largest unit that it is whole in: `5 min`. */
function words(ms: number): string {
  const [name, unit] = units.find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / unit} ${name}`;
}

/** A rate in words that people count in: so many a second, a minute or an hour. */
function rate(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond}/s`;
  return perSecond * 60 >= 1 ? `${Math.round(perSecond * 60)}/min` : `${Math.round(perSecond * 3_600)}/h`;
}

function amount(limit: Limit): string {
  if (limit.scope === "node") return `${limit.burst} at once, then ${rate(limit.perSecond)}`;
  if (limit.scope === "shared") {
    const beyond = limit.beyond === undefined ? "" : `, beyond ${code(limit.beyond)}`;
    return `${limit.count} in ${words(limit.windowMs)}${beyond}`;
  }
  const { freeFailures, baseDelayMs, maxDelayMs, forgetMs } = limit;
  return `${freeFailures} free, then a wait of ${words(baseDelayMs)} that doubles up to ${words(maxDelayMs)}; forgotten after ${words(forgetMs)}`;
}

function renderEndpoints(title: string, endpoints: Endpoints): string {
  const rows = Object.entries(endpoints).map(([name, { cost, limits }]) => [
    code(name),
    costs[cost],
    limits.map(code).join(" "),
  ]);
  return table([title, "costs most", "limits"], rows);
}

export const renderHttpEndpoints = () => renderEndpoints("route", httpEndpoints);
export const renderCommandEndpoints = () => renderEndpoints("command", commandEndpoints);

export function renderRateLimits(): string {
  const rows = Object.entries(rateLimits).map(([name, limit]) => [
    code(name),
    limit.doc,
    limit.per,
    amount(limit),
    scopes[limit.scope],
  ]);
  return table(["limit", "counts", "for each", "how much", "counted"], rows);
}
