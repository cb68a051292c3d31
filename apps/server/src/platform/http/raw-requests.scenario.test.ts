import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createLog } from "../log.ts";

setDefaultTimeout(60_000);

const lines: string[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    log: createLog({ level: "warn", write: (line) => lines.push(line), now: () => 0 }),
  });
});
afterAll(() => server.stop());
beforeEach(() => void lines.splice(0));

type Answer = { readonly status: number | null; readonly head: string; readonly body: string };

/** How long the start of an answer is waited for, in ms, before the socket is ended: half a request gets none. */
const patienceMs = 300;

/** Sends these bytes on a socket of its own and returns what comes back; null when that is nothing. */
function say(request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(server.port, "127.0.0.1", () => socket.write(Buffer.from(request, "latin1")));
    socket.setTimeout(patienceMs, () => socket.end());
    socket.on("data", (part) => {
      text += part.toString("latin1");
      socket.end();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? undefined : reject(error)));
    socket.on("close", () => {
      const [head = "", body = ""] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "").split(/\r\n\r\n(.*)/s, 2);
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
      resolve({ status: status ? Number(status) : null, head, body });
    });
  });
}

describe("a request line and a Host", () => {
  const table: [what: string, request: string, status: number][] = [
    ["health without a Host", "GET /healthz HTTP/1.0\r\n\r\n", 200],
    ["health with an empty Host", "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 200],
    ["readiness without a Host", "GET /readyz HTTP/1.0\r\n\r\n", 200],
    ["health by name", "GET /healthz HTTP/1.1\r\nHost: talk.example\r\n\r\n", 200],
    ["a place without a Host", "GET /api/nothing HTTP/1.0\r\n\r\n", 404],
    ["a socket without a Host", "GET /realtime HTTP/1.0\r\n\r\n", 404],
    ["version 1.1 without a Host", "GET /healthz HTTP/1.1\r\n\r\n", 400],
    ["a Host with a blank", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["a Host with a path", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["a Host with a query", "GET /healthz HTTP/1.1\r\nHost: a?b\r\n\r\n", 400],
    ["a Host with a name in it", "GET /healthz HTTP/1.1\r\nHost: me@a\r\n\r\n", 400],
    ["half an IPv6 address", "GET /healthz HTTP/1.1\r\nHost: [::\r\n\r\n", 400],
    ["a port that is none", "GET /healthz HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400],
    ["an IPv4 address that is none", "GET /healthz HTTP/1.1\r\nHost: 999.1.1.1\r\n\r\n", 400],
    ["a Host beyond ASCII", "GET /healthz HTTP/1.1\r\nHost: \xff\r\n\r\n", 400],
    ["a Host with a NUL, encoded", "GET /healthz HTTP/1.1\r\nHost: a%00\r\n\r\n", 400],
    ["a nonsense Host without a version's need of one", "GET /healthz HTTP/1.0\r\nHost: a b\r\n\r\n", 400],
    ["another place as the target", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["no place as the target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["no slash before the path", "GET healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["a version that is not spoken", "GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n", 505],
  ];
  test.each(table)("%s", async (_, request, status) => {
    expect(await say(request)).toMatchObject({ status });
    expect(lines).toEqual([]);
  });
});

test("every answer of every door carries the headers of defence", async () => {
  const description = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const doors = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, "x")] as const),
  );
  expect(doors.length).toBeGreaterThan(40);
  const others = ["/", "/healthz", "/readyz", "/terms", "/api/docs", "/api/nothing", "/realtime", "/realtime?v=1"];
  const requests = [
    ...[...doors, ...others.map((path) => ["GET", path] as const)].map(
      ([method, path]) => `${method} ${path} HTTP/1.1`,
    ),
  ].flatMap((line) => [`${line}\r\nHost: talk.example`, `${line}\r\nHost: a b`]);
  // A page of elsewhere that asks for a socket.
  requests.push("GET /realtime?v=1 HTTP/1.1\r\nHost: talk.example\r\nOrigin: https://evil.example");
  for (const request of requests) {
    const { head } = await say(`${request}\r\nContent-Length: 0\r\n\r\n`);
    for (const name of ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"])
      expect([request, head.toLowerCase()]).toEqual([request, expect.stringContaining(`${name}: `)]);
  }
});

const text = (...words: string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  );
const method = text(
  "GET",
  "GET",
  "GET",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "get",
  "PRI",
  "",
);
const target = fc.oneof(
  text(
    "/healthz",
    "/readyz",
    "/",
    "*",
    "//",
    "/%",
    "/%00",
    "/%ff",
    "/..",
    "/../../etc/passwd",
    "//evil.example/",
    "/?",
    "/#",
  ),
  text(
    "/api/openapi.json",
    "/api/me",
    "/api/auth/step",
    "/api/rooms",
    "/realtime",
    "/realtime?v=1",
    "/terms",
    "/assets/",
  ),
  text("http://a/healthz", "https://[::1]/", "a:443", "/api/rooms/%2e%2e/x", `/${"a".repeat(2_000)}`, "/\xff", "/a b"),
  fc.webUrl().map((url) => url.replace(/^https?:\/\/[^/]*/, "")),
);
const version = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("HTTP/1.1", "HTTP/1.0") },
  text("HTTP/2.0", "HTTP/9.9", "", "HTTP/1"),
);
const host = text(
  "talk.example",
  "localhost:8080",
  "[::1]:80",
  "",
  "a b",
  "[::",
  "a:b",
  "a:99999",
  "\xff",
  "a,b",
  "a;b",
  "999.1.1.1",
  "%",
  "a%00",
);
const hosts = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>(["talk.example"]) },
  { weight: 1, arbitrary: fc.array(host, { maxLength: 2 }) },
);
const header = fc.oneof(
  fc.record({
    name: text("x-forwarded-for", "forwarded", "x-forwarded-proto", "origin", "referer", "cookie", "accept-language"),
    value: text(
      "for=1.2.3.4",
      '"',
      "null",
      "https://a",
      "__Host-maru=%",
      "a=b; a=c",
      "en;q=x",
      ",,,",
      "x".repeat(5_000),
    ),
  }),
  fc.record({
    name: text(
      "authorization",
      "content-length",
      "transfer-encoding",
      "content-type",
      "connection",
      "upgrade",
      "range",
    ),
    value: text(
      "Bearer x",
      "-1",
      "0",
      "99999999999999999999",
      "chunked",
      "application/json",
      "Upgrade",
      "websocket",
      "bytes=0-",
    ),
  }),
  fc.record({
    name: text(
      "sec-websocket-key",
      "sec-websocket-version",
      "if-none-match",
      "expect",
      "accept-encoding",
      "x-maru-client",
    ),
    value: text("x", "13", "*", "100-continue", "gzip;q=0", "1", "dGhlIHNhbXBsZSBub25jZQ=="),
  }),
);
const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.json(),
  fc.string({ unit: "binary", maxLength: 50 }),
);

test("whatever is said on a socket, no answer is a fault of ours and nothing is logged as one", async () => {
  const anyRequest = fc.record({ method, target, version, hosts, headers: fc.array(header, { maxLength: 4 }), body });
  const counts = new Map<number | null, number>();
  async function ask({ hosts, headers, ...asked }: typeof anyRequest extends fc.Arbitrary<infer T> ? T : never) {
    const all = [...hosts.map((value) => ({ name: "host", value })), ...headers];
    const head = [
      `${asked.method} ${asked.target} ${asked.version}`,
      ...all.map(({ name, value }) => `${name}: ${value}`),
    ];
    const { status, head: told, body: page } = await say(`${head.join("\r\n")}\r\n\r\n${asked.body}`);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    const isOurs = /content-security-policy:/i.test(told);
    // What the runtime refuses before we receive it has neither headers nor a body; its word for what it cannot read at
    // all is 505. Everything else is ours.
    if (status !== null && !isOurs) expect(`${status} ${page}`).toMatch(/^(400|413|431|505) (HTTP\/|$)/);
    else expect(status ?? 0).toBeLessThan(500);
    expect(page).not.toMatch(/\.ts:\d|\n\s+at /);
  }
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 10, maxLength: 10 }), async (requests) => {
      await Promise.all(requests.map(ask));
    }),
    { numRuns: 80, seed: 20_260_801, endOnFailure: true },
  );
  expect(lines).toEqual([]);
  // It came through to the product, and was refused where it had to be.
  for (const status of [200, 400, 404]) expect(counts.get(status)).toBeGreaterThan(5);
  expect((await say("GET /healthz HTTP/1.0\r\n\r\n")).status).toBe(200);
});
