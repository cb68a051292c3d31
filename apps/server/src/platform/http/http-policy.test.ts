import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { limits } from "@maru/protocol";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { createLog, silentLog } from "../log.ts";
import { createHttpApp, type HttpApp } from "./app.ts";
import { createClientReader } from "./client-address.ts";
import { nameOrigins } from "./exchange.ts";
import type { HttpEnv } from "./http-env.ts";
import { type HttpPolicyName, httpPolicies } from "./http-policy.ts";
import { type Listener, listen } from "./listener.ts";

const names = Object.keys(httpPolicies) as HttpPolicyName[];
const shop = "https://shop.example";
const payments = "https://*.payments.example";

let app: HttpApp;
let server: Listener;
let url: string;
const lines: string[] = [];
const taken: { body: Uint8Array; raw: Uint8Array | undefined }[] = [];
const parts: number[] = [];
/** What the runtime was asked for of how long answers may pause, in seconds. */
const timeouts: number[] = [];

/** Routes that each policy holds for; the product has none yet for some. */
function addRoutes(policy: HttpPolicyName): void {
  app.get(`/${policy}`, (context) => context.text(getCookie(context, "who") ?? "nobody"));
  app.get(`/${policy}/named`, (context) => {
    nameOrigins(context.env, { framedBy: [shop], trusted: [payments] });
    return context.text("");
  });
  app.get(`/${policy}/cookie`, (context) => {
    setCookie(context, "who", "me");
    return context.text("");
  });
  app.get(`/${policy}/broken`, () => {
    throw new Error("hush");
  });
  app.post(`/${policy}`, async (context: Context<HttpEnv>) => {
    const raw = context.get("rawBody");
    const body: Uint8Array[] = [];
    // Bytes that are kept besides have been read already; a route gets them from the request all the same.
    if (raw) body.push(new Uint8Array(await context.req.arrayBuffer()));
    else for await (const part of context.req.raw.body ?? []) body.push(part);
    parts.push(body.length);
    taken.push({ body: Buffer.concat(body), raw });
    return context.text("taken");
  });
}

beforeAll(() => {
  app = createHttpApp({ log: silentLog, newId: () => "id" });
  for (const policy of names) app.under(policy, () => addRoutes(policy));
  server = listen<unknown>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, exchange) => app.fetch(request, exchange),
    websocket: { message() {} },
    clients: createClientReader(0),
    log: createLog({ level: "error", write: (line) => lines.push(line), now: () => 0 }),
    serve: (options) => {
      const answer = options.fetch as (request: Request, running: unknown) => Promise<Response>;
      return Bun.serve({
        ...options,
        fetch: (request: Request, running: object) => answer(request, noteTimeouts(running)),
      } as never);
    },
  });
  url = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.stop());
afterEach(() => {
  for (const list of [lines, taken, parts, timeouts]) list.length = 0;
});

/** The runtime's server, of which is noted what it is told of pauses. */
function noteTimeouts<S extends object>(running: S): S {
  return new Proxy(running, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...details: unknown[]) => {
        if (key === "timeout") timeouts.push(Number(details[1]));
        return value.apply(target, details);
      };
    },
  });
}

const ask = (path: string, init: RequestInit = {}) => fetch(url + path, init);
const host = () => new URL(url).host;
const pagePolicy = ({ trusted = "", frames = "", framedBy = "'none'" } = {}) =>
  `default-src 'self'; script-src 'self'${trusted}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:${trusted}; ` +
  `font-src 'self'; connect-src 'self' ws://${host()} wss://${host()}${trusted}; ${frames}worker-src 'self'; manifest-src 'self'; ` +
  `object-src 'none'; base-uri 'none'; form-action 'self'${trusted}; frame-ancestors ${framedBy}`;

/** The headers by which policies may differ; what stands in the table is all that an answer has of them. */
const usual = () => ({
  "content-security-policy": pagePolicy(),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(self)",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
});
type Heads = Record<keyof ReturnType<typeof usual>, string | null>;

/** How each policy's answers differ from the usual ones, without origins named by the route and with them. */
const differences: Record<HttpPolicyName, () => { plain?: Partial<Heads>; named?: Partial<Heads> }> = {
  app: () => ({}),
  api: () => ({}),
  callback: () => ({ plain: { "referrer-policy": "no-referrer" } }),
  file: () => ({
    plain: {
      "content-security-policy":
        "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    },
  }),
  upload: () => ({}),
  loader: () => ({ plain: { "cross-origin-resource-policy": "cross-origin" } }),
  widget: () => ({
    named: { "content-security-policy": pagePolicy({ framedBy: shop }), "x-frame-options": null },
  }),
  checkout: () => ({
    plain: { "cross-origin-opener-policy": "same-origin-allow-popups", "referrer-policy": "strict-origin" },
    named: {
      "content-security-policy": pagePolicy({ trusted: ` ${payments}`, frames: `frame-src 'self' ${payments}; ` }),
    },
  }),
};

describe.each(names)("the policy %s", (policy) => {
  test("decides the headers of answers and of faults, whatever the route names", async () => {
    const { plain = {}, named = {} } = differences[policy]();
    const headsOf = async (path: string) => {
      const { headers } = await ask(path);
      return Object.fromEntries(Object.keys(usual()).map((name) => [name, headers.get(name)]));
    };
    expect(await headsOf(`/${policy}`)).toEqual({ ...usual(), ...plain });
    expect(await headsOf(`/${policy}/broken`)).toEqual({ ...usual(), ...plain });
    expect(await headsOf(`/${policy}/named`)).toEqual({ ...usual(), ...plain, ...named });
  });

  test("keeps cookies to those that have them", async () => {
    const hasCookies = policy === "api" || policy === "callback";
    const seen = await ask(`/${policy}`, { headers: { cookie: "who=alice" } });
    expect(await seen.text()).toBe(hasCookies ? "alice" : "nobody");
    const { headers } = await ask(`/${policy}/cookie`);
    expect(headers.has("set-cookie")).toBe(hasCookies);
    expect(lines.length).toBe(hasCookies ? 0 : 1);
  });

  const maxBytes = policy === "upload" ? 8_388_608 : limits.bodyBytes;
  test.each(["with a length", "without one"])("takes a body up to its limit, %s", async (how) => {
    const bodyOf = (bytes: number) => (how === "with a length" ? new Uint8Array(bytes) : streamOf(bytes));
    const post = (bytes: number) => ask(`/${policy}`, { method: "POST", body: bodyOf(bytes) });
    expect(await (await post(maxBytes)).text()).toBe("taken");
    expect(taken[0]?.body.byteLength).toBe(maxBytes);
    expect((await post(maxBytes + 1)).status).toBe(413);
    expect(taken).toHaveLength(1);
    // What comes as a stream is not gathered first.
    if (policy === "upload") expect(parts[0]).toBeGreaterThan(1);
  });

  test("hands over the bytes as they came where they may be signed", async () => {
    const bytes = new TextEncoder().encode('{ "a" : 1,\r\n"b":"\\u00e9" }');
    await ask(`/${policy}`, { method: "POST", body: bytes, headers: { "content-type": "application/json" } });
    expect(Buffer.from(taken[0]?.body ?? [])).toEqual(Buffer.from(bytes));
    expect(taken[0]?.raw && Buffer.from(taken[0].raw)).toEqual(policy === "checkout" ? Buffer.from(bytes) : undefined);
  });

  test("lets answers pause where they are streamed", async () => {
    await ask(`/${policy}`);
    expect(timeouts).toEqual(policy === "file" ? [0] : []);
  });
});

function streamOf(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 50_000);
      left -= size;
      if (size > 0) controller.enqueue(new Uint8Array(size));
      else controller.close();
    },
  });
}

test.each([
  "https://a.example; script-src *",
  "https://a.example https://b.example",
  "*",
  "'unsafe-inline'",
  "data:",
  "",
])("no route can widen a rule by what it names: %s", (origin) => {
  const exchange = { framedBy: [], trusted: [] } as never;
  expect(() => nameOrigins(exchange, { framedBy: [origin] })).toThrow("No origin");
  expect(() => nameOrigins(exchange, { trusted: [shop, origin] })).toThrow("No origin");
  expect(exchange).toEqual({ framedBy: [], trusted: [] } as never);
});

test("what has no route is as the web app is", async () => {
  const [seen, usualOne] = await Promise.all([ask("/nothing"), ask("/app")]);
  for (const name of Object.keys(usual()))
    expect([name, seen.headers.get(name)]).toEqual([name, usualOne.headers.get(name)]);
  expect((await ask("/nothing", { method: "POST", body: new Uint8Array(limits.bodyBytes + 1) })).status).toBe(413);
});

test("a route without a policy, and one with two, are found", () => {
  const other = createHttpApp({ log: silentLog, newId: () => "id" });
  other.use("/api/*", async (_, next) => next());
  other.under("api", () => other.get("/api/rooms/:roomId", (context) => context.text("")));
  expect(other.policies.listFaults(other.routes)).toEqual([]);
  other.get("/api/new", (context) => context.text(""));
  other.under("file", () => other.under("api", () => other.get("/api/both/:id", (context) => context.text(""))));
  expect(other.policies.listFaults(other.routes)).toEqual(["GET /api/new (none)", "GET /api/both/{id} (api, file)"]);
});
