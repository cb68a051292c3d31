import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AddressInfo, createServer } from "node:net";
import { createRoute, z } from "@hono/zod-openapi";
import { limits } from "@maru/protocol";
import { fail } from "../errors.ts";
import { createLog } from "../log.ts";
import { StartError } from "../start-error.ts";
import { createHttpApp } from "./app.ts";
import { createClientReader } from "./client-address.ts";
import type { Exchange } from "./exchange.ts";
import { type Listener, listen } from "./listener.ts";
import { staticFiles } from "./static-files.ts";

const lines: string[] = [];
const log = createLog({ level: "info", write: (line) => lines.push(line), now: () => 0 });
let server: Listener;
let url: string;

const thing = z.object({ name: z.string().max(5), count: z.number() });
const noSocket = { message() {} };

beforeAll(async () => {
  let count = 0;
  const app = createHttpApp({ log, newId: () => `request-${count++}` });
  const body = { content: { "application/json": { schema: thing } }, required: true };
  const post = createRoute({
    method: "post",
    path: "/api/things",
    request: { body },
    responses: { 200: { description: "" } },
  });
  const get = createRoute({ method: "get", path: "/api/things/{id}", responses: { 200: { description: "" } } });
  app.openapi(post, (context) => context.json(context.req.valid("json")));
  app.openapi(get, (context) => context.json({ id: context.req.param("id") }));
  app.post("/api/raw", async (context) => context.text(String((await context.req.text()).length)));
  app.get("/api/broken", () => {
    throw new Error("insert into people values ('hush')");
  });
  app.get("/api/busy", () => {
    throw fail("server.busy", undefined, { retryAfterMs: 1_500 });
  });
  app.get("/api/who", () => {
    throw fail("auth.required");
  });
  app.get("/api/database", () => {
    throw Object.assign(new Error("relation hush"), { errno: "57P03" });
  });
  app.use(await staticFiles("/nowhere/at/all", () => true));
  const fetchOne = (request: Request, exchange: Exchange) => {
    if (new URL(request.url).pathname === "/early") throw new Error("hush: before any route");
    return app.fetch(request, exchange);
  };
  const clients = createClientReader(1);
  server = listen<unknown>({ port: 0, hostname: "127.0.0.1", fetch: fetchOne, websocket: noSocket, clients, log });
  url = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.stop());

type Answer = { error?: { code: string; message: string; requestId?: string; fields?: { path: string }[] } };

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  return {
    response,
    status: response.status,
    text,
    error: text.startsWith("{") ? (JSON.parse(text) as Answer).error : undefined,
  };
}

const json = (body: string, method = "POST"): RequestInit => ({
  method,
  body,
  headers: { "content-type": "application/json" },
});

describe("every layer refuses in one shape", () => {
  const cases: Record<string, [string, RequestInit, number, string]> = {
    "no such path": ["/api/nothing", {}, 404, "route.not_found"],
    "another method": ["/api/things", { method: "DELETE" }, 405, "route.method_not_allowed"],
    "malformed JSON": ["/api/things", json('{"name":'), 400, "request.invalid"],
    "no body": ["/api/things", { method: "POST" }, 400, "request.invalid"],
    "another type of body": ["/api/things", { method: "POST", body: "name=a" }, 400, "request.invalid"],
    "wrong fields": ["/api/things", json('{"name":"too long","count":"1"}'), 400, "request.invalid"],
    "a large body": ["/api/raw", json("x".repeat(limits.bodyBytes + 1)), 413, "request.too_large"],
    "a path that is no text": ["/api/things/%E0%A4%A/x", {}, 404, "route.not_found"],
    "a fault of ours": ["/api/broken", {}, 500, "server.internal"],
    "a fault before any route": ["/early", {}, 500, "server.internal"],
    "too much to do": ["/api/busy", {}, 503, "server.busy"],
    "no database": ["/api/database", {}, 503, "server.unavailable"],
    "not signed in": ["/api/who", {}, 401, "auth.required"],
  };
  for (const [what, [path, init, status, code]] of Object.entries(cases)) {
    test(what, async () => {
      const { response, error, text, ...answer } = await ask(path, init);
      expect([answer.status, error?.code]).toEqual([status, code]);
      expect(error?.message).not.toBe("");
      expect(response.headers.get("content-type")).toContain("application/json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(text).not.toMatch(/hush|insert|stack|\.ts/);
    });
  }
});

test("a large body without a length is refused too, and the largest one is taken", async () => {
  const stream = (bytes: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let left = bytes; left > 0; left -= 50_000)
          controller.enqueue(new Uint8Array(Math.min(left, 50_000)).fill(97));
        controller.close();
      },
    });
  const { status, error } = await ask("/api/raw", { method: "POST", body: stream(limits.bodyBytes + 1) });
  expect([status, error?.code]).toEqual([413, "request.too_large"]);
  expect((await ask("/api/raw", { method: "POST", body: stream(limits.bodyBytes) })).text).toBe(`${limits.bodyBytes}`);
});

test("what goes with a refusal: the fields, the methods, the wait, how to sign in, the language, the request's id", async () => {
  const invalid = await ask("/api/things", json('{"name":"too long","count":"1"}'));
  expect(invalid.error?.fields?.map(({ path }) => path).toSorted()).toEqual(["count", "name"]);
  expect((await ask("/api/things", { method: "PUT" })).response.headers.get("allow")).toBe("POST");
  expect((await ask("/api/things/1", { method: "PUT" })).response.headers.get("allow")).toBe("GET, HEAD");
  expect((await ask("/api/busy")).response.headers.get("retry-after")).toBe("2");
  expect((await ask("/api/who")).response.headers.get("www-authenticate")).toBe("Bearer");
  const english = await ask("/api/nothing", { headers: { "accept-language": "en-GB,en;q=0.9,ko;q=0.5" } });
  expect(english.error?.message).toBe("There is nothing at this address.");
  expect((await ask("/api/nothing")).error?.message).toBe("찾을 수 없는 주소예요.");
  expect(english.error?.requestId).toBe(english.response.headers.get("x-request-id") ?? "none");
});

test("a fault of ours is logged under the id that its answer bears; a refusal is not", async () => {
  lines.length = 0;
  await ask("/api/nothing");
  expect(lines).toHaveLength(0);
  const { error } = await ask("/api/broken");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "error",
    requestId: error?.requestId,
    path: "/api/broken",
  });
});

test("every answer carries the headers of defence, whichever layer gave it; strict transport under https alone", async () => {
  const paths = ["/api/things/1", "/api/nothing", "/api/broken", "/early", "/api/who", "/api/busy", "/", "/\u0000"];
  for (const path of paths) {
    const { headers } = (await ask(path)).response;
    const policy = headers.get("content-security-policy");
    expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'self'; script-src 'self';")]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("strict-transport-security")).toBeNull();
  }
  const secure = await ask("/api/things/1", { headers: { "x-forwarded-proto": "https" } });
  expect(secure.response.headers.get("strict-transport-security")).toContain("max-age=31536000");
});

test("a page may speak with its own host alone, and a Host cannot write into the rule", async () => {
  const connectTo = async (host: string) => {
    const policy = (await ask("/", { headers: { host } })).response.headers.get("content-security-policy") ?? "";
    return /connect-src ([^;]*);/.exec(policy)?.[1];
  };
  expect(await connectTo("talk.example:8443")).toBe("'self' ws://talk.example:8443 wss://talk.example:8443");
  expect(await connectTo("[::1]:8080")).toBe("'self' ws://[::1]:8080 wss://[::1]:8080");
  for (const host of ["x;script-src", "x,y", "x'y", "*", "a*b"])
    expect([host, await connectTo(host)]).toEqual([host, "'self'"]);
});

test("whatever keeps the port from opening is said in words, whichever code it has", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const options = { fetch: () => new Response(), websocket: noSocket, clients: createClientReader(0) };
  const { port: taken } = holder.address() as AddressInfo;
  expect(() => listen<unknown>({ ...options, port: taken, hostname: "127.0.0.1" })).toThrow(
    new StartError(`Port ${taken} is in use. Stop what uses it, or choose another with --port.`),
  );
  expect(() => listen<unknown>({ ...options, port: 0, hostname: "192.0.2.1" })).toThrow("no address 192.0.2.1");
  holder.close();

  // What the machine's resolver and network would say, which is another thing on each.
  const codes = [
    "ENOTSUP",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EAI_NONAME",
    "EAI_FAIL",
    "EAFNOSUPPORT",
    "ECONNREFUSED",
    "EMFILE",
  ];
  const refusals: unknown[] = [...codes, "EACCES", "EPERM", "EADDRNOTAVAIL", "EINVAL", "EADDRINUSE"].map((code) =>
    Object.assign(new Error("hush"), { code }),
  );
  for (const error of [...refusals, new Error("Failed to start server"), new TypeError("odd"), "text", null]) {
    const serve = () => {
      throw error;
    };
    const open = () => listen<unknown>({ ...options, port: 81, hostname: "box.example", serve });
    const code = (error as { code?: string } | null)?.code;
    expect(open).toThrow(StartError);
    expect(open).toThrow(
      code === "EMFILE"
        ? /ulimit/
        : code === "EADDRINUSE" || code === "EACCES" || code === "EPERM"
          ? /Port 81 .* --port/
          : /box\.example.* --bind/,
    );
  }
});
