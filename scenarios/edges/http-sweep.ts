import { type ErrorBody, errors, httpEndpoints, httpPaths, isErrorCode } from "@maru/protocol";
import { Counter } from "./counter.ts";
import type { EdgeAnswer, EdgeBrowser, EdgeRequest } from "./edge-browser.ts";
import { countWithin, withFreshKeys } from "./edge-stage.ts";
import { bring, byPasskey, type EdgeInstallation, hasWay, routeOf, type Visitor } from "./edge-visitor.ts";
import type { FaultLog } from "./kept-log.ts";
import { type Ledger, openLedger, whenQuiet } from "./ledger.ts";
import { listRequests, type RequestEdge } from "./request-edges.ts";
import { type RouteSchema, readRouteSchemas } from "./route-schemas.ts";
import { looksLikeTrace } from "./traces.ts";

/** How a request is sent; a planted fault stands in between. */
export type Send = (browser: EdgeBrowser, request: EdgeRequest) => Promise<EdgeAnswer>;

export type HttpSweep = {
  readonly installation: EdgeInstallation;
  readonly log: FaultLog;
  /** All of them unless said. */
  readonly endpoints?: readonly string[];
  readonly send?: Send;
};

type Sweep = Required<Omit<HttpSweep, "endpoints">> & { readonly ledger: Ledger; readonly counter: Counter };

/** Sends every endpoint every edge of what it takes, one after the other, and judges what came of each. */
export async function sweepHttp(given: HttpSweep): Promise<Counter> {
  const { installation, endpoints = [...Object.keys(httpEndpoints), byPasskey] } = given;
  const schemas = await readRouteSchemas(installation.door.url);
  const sweep = { send: sendPlainly, ...given, ledger: await openLedger(installation.door.db), counter: new Counter() };
  for (const endpoint of endpoints) {
    const schema = schemas.get(routeOf(endpoint)) as RouteSchema;
    await sweepEndpoint(sweep, endpoint, schema);
  }
  return sweep.counter;
}

async function sweepEndpoint(sweep: Sweep, endpoint: string, schema: RouteSchema): Promise<void> {
  const size = countWithin(httpEndpoints[routeOf(endpoint)]?.limits ?? []);
  for (let done = 0, total = 1; done < total; ) {
    const visitor = await bring(sweep.installation, endpoint, schema);
    // What stands in a head is read before any route: where the way is long, the other routes show it.
    const edges = listRequests(endpoint, schema, visitor.token, visitor.known).filter(
      ({ what }) => !(hasWay(endpoint) && what.startsWith("head, ")),
    );
    total = edges.length;
    await sweep.ledger.take();
    for (const [index, edge] of edges.slice(done, done + size).entries()) {
      const code = await tryEdge(sweep, endpoint, schema, visitor, edge);
      // A step lets few guesses be made; who comes anew reaches what is behind it.
      if (code === "step.expired" && index > 0 && edge.cookie === undefined) break;
      done++;
      if (code === "ok" && (await leavesNothing(endpoint, visitor))) break;
    }
    visitor.close();
  }
}

/** Whether what was taken used up what the next edge would have to reach. */
async function leavesNothing(endpoint: string, { browser, token }: Visitor): Promise<boolean> {
  if (hasWay(endpoint)) return true;
  if (endpoint.startsWith("GET")) return false;
  if (httpEndpoints[routeOf(endpoint)]?.cost === "hash") return true;
  const headers = { authorization: `Bearer ${token}` };
  return (await browser.send({ method: "GET", path: httpPaths.sessions, headers })).status !== 200;
}

const sendPlainly: Send = (browser, request) => browser.send(request);

async function sendEdge({ send }: Sweep, { browser, fill }: Visitor, edge: RequestEdge): Promise<EdgeAnswer> {
  const { request, cookie } = edge;
  const written = request();
  const { body } = written;
  const filled = typeof body === "string" ? { ...written, body: withFreshKeys(await fill(body)) } : written;
  const kept = new Map(browser.jar);
  if (cookie !== undefined) for (const name of kept.keys()) browser.jar.set(name, cookie);
  const answer = await send(browser, filled);
  if (answer.status >= 400 || cookie !== undefined) {
    // A refusal may take a cookie away; the next edge has it again.
    browser.jar.clear();
    for (const [name, value] of kept) browser.jar.set(name, value);
  }
  return answer;
}

/** Returns the code of the answer. */
async function tryEdge(
  sweep: Sweep,
  endpoint: string,
  schema: RouteSchema,
  visitor: Visitor,
  edge: RequestEdge,
): Promise<string> {
  const { counter, ledger } = sweep;
  const place = `${endpoint}, ${edge.what}`;
  const answer = await sendEdge(sweep, visitor, edge);
  const code = judge(sweep, endpoint, place, answer);
  const written = await ledger.take();
  if (answer.status >= 400 && written.length > 0) {
    // An accepted request before it may have had work left; alone it shows whose writing it is.
    for (const table of await writtenAlone(sweep, endpoint, schema, edge.what)) {
      counter.fault(`${place}: refused, and wrote to ${table}`);
    }
  }
  return code;
}

/** What a refused request writes when it is the only one. */
async function writtenAlone(sweep: Sweep, endpoint: string, schema: RouteSchema, what: string): Promise<string[]> {
  const visitor = await bring(sweep.installation, endpoint, schema);
  const edge = listRequests(endpoint, schema, visitor.token, visitor.known).find((each) => each.what === what);
  await whenQuiet(sweep.ledger);
  const answer = await sendEdge(sweep, visitor, edge as RequestEdge);
  const written = await sweep.ledger.take();
  visitor.close();
  return answer.status >= 400 ? written : [];
}

/** Notes what is wrong with an answer; returns its code, which is `ok` for what was taken. */
function judge({ counter, log }: Sweep, endpoint: string, place: string, answer: EdgeAnswer): string {
  const { status, text, type, location } = answer;
  const code = codeOf(answer);
  counter.count(endpoint, code);
  const fault = (words: string) => counter.fault(`${place}: ${words}`);
  for (const line of log.take()) fault(`logged ${line.slice(0, 800)}`);
  if (location.includes("server.internal")) fault(`led to ${location}`);
  // A page of documents may well show what a trace looks like.
  if (!type.startsWith("text/") && looksLikeTrace(text)) fault(`told a trace, ${text.slice(0, 300)}`);
  // A head past 16 kB is refused by the runtime, before anybody of ours reads it.
  if (code === "ok" || code === headTooLong) return code;
  if (!isErrorCode(code)) fault(`${status} that is no error of the catalogue, ${text.slice(0, 200)}`);
  else if (errors[code].status !== status) fault(`${code} with status ${status}`);
  if (status >= 500 && code !== "server.busy") fault(`${status} ${code}`);
  return code;
}

const headTooLong = "head too long";

function codeOf({ status, text }: EdgeAnswer): string {
  if (status < 400) return "ok";
  if (status === 431 && text === "") return headTooLong;
  return readError(text)?.code ?? `${status} without a code`;
}

function readError(text: string): ErrorBody | null {
  try {
    return (JSON.parse(text) as { error?: ErrorBody }).error ?? null;
  } catch {
    return null;
  }
}
