import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { fallbackEndpoint, httpEndpoints, httpPaths } from "@maru/protocol";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import type { HttpPolicyName } from "./http-policy.ts";
import { RoutePolicies } from "./route-policies.ts";

setDefaultTimeout(60_000);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isDev: true });
});
afterAll(() => server.stop());

/** Every route of the product that is no plain part of the API; a route that comes is added here, or under `/api`. */
const pages: Record<string, HttpPolicyName> = {
  "GET /healthz": "api",
  "GET /readyz": "api",
  [`GET ${httpPaths.jwks}`]: "api",
  "GET /api/docs": "app",
  "GET /api/docs/start.js": "app",
  "GET /api/docs/swagger-ui.css": "app",
  "GET /api/docs/swagger-ui-bundle.js": "app",
  "GET /terms": "app",
  "GET /privacy": "app",
  "GET /legal.css": "app",
  "GET /dev/mail": "app",
  "GET /dev/mail/all.json": "app",
  [`GET ${httpPaths.providerCallback}`]: "callback",
};

/** What is wrong with the policies of routes. */
function listWrong(routes: readonly (readonly [string, readonly HttpPolicyName[]])[]): string[] {
  const wrong = routes.filter(([route, policies]) => {
    const expected = pages[route] ?? (route.includes(" /api/") ? "api" : undefined);
    return policies.length !== 1 || policies[0] !== expected;
  });
  return wrong.map(([route, policies]) => `${route}: ${policies.join(", ")}`);
}

test("every route of the product has exactly one policy, and the one that it should have", () => {
  const { routes } = server.app;
  expect(listWrong(routes)).toEqual([]);
  // The socket's path is answered before routes are looked for, and what has no route is no route.
  const answeredElsewhere = [`GET ${httpPaths.realtime}`, fallbackEndpoint];
  expect(routes.map(([route]) => route).toSorted()).toEqual(
    Object.keys(httpEndpoints)
      .filter((route) => !answeredElsewhere.includes(route))
      .toSorted(),
  );
});

test("a new route without a policy, with two, or with another's is found (planted)", () => {
  const { routes } = server.app;
  expect(listWrong([...routes, ["GET /api/new", []]])).toEqual(["GET /api/new: "]);
  expect(listWrong([...routes, ["POST /api/new", ["api", "upload"]]])).toEqual(["POST /api/new: api, upload"]);
  expect(listWrong([...routes, ["GET /pay/{orderId}", ["checkout"]]])).toEqual(["GET /pay/{orderId}: checkout"]);
  // A route that is named twice has two, though they be the same.
  const twice = new RoutePolicies();
  const me = [{ method: "GET", path: "/api/me" }];
  for (const _ of [1, 2]) twice.assign("api", me);
  expect(listWrong(twice.list(me))).toEqual(["GET /api/me: api, api"]);
});

/** What each answer of the product's routes carries of its policy, as on the wire. */
const policyLines = [
  "Content-Security-Policy: default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "font-src 'self'; connect-src 'self' ws://maru.example:8080 wss://maru.example:8080; worker-src 'self'; manifest-src 'self'; " +
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "X-Content-Type-Options: nosniff",
  "X-Frame-Options: DENY",
  "Referrer-Policy: strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy: same-origin",
  "Cross-Origin-Resource-Policy: same-origin",
  "permissions-policy: camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(self)",
];
const strict = "Strict-Transport-Security: max-age=31536000; includeSubDomains";
const names = [...policyLines, strict].map((line) => line.slice(0, line.indexOf(":")));

/** The lines of an answer's head that a policy decides, as they went over the wire, sorted. */
function readPolicyLines(method: string, path: string, proto = "http"): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: maru.example:8080\r\nX-Forwarded-Proto: ${proto}\r\n` +
          "X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n",
      ),
    );
    socket.on("data", (part) => {
      text += part.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const lines = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
      resolve(lines.filter((line) => names.includes(line.slice(0, line.indexOf(":")))).toSorted());
    });
  });
}

test("answers of every route, and of what has none, carry the same headers as before there were policies", async () => {
  const elsewhere = ["GET /realtime", "GET /nothing", "GET /api/nothing", "DELETE /healthz"];
  const all = [...server.app.routes.map(([route]) => route), ...elsewhere];
  for (const route of all) {
    const [method = "", pattern = ""] = route.split(" ");
    const path = pattern.replaceAll(/\{\w+\}/g, "x");
    const isCallback = pages[route] === "callback";
    const lines = policyLines.map((line) =>
      isCallback ? line.replace(/^(Referrer-Policy:) .*/, "$1 no-referrer") : line,
    );
    expect([route, await readPolicyLines(method, path)]).toEqual([route, lines.toSorted()]);
  }
  expect(await readPolicyLines("GET", "/healthz", "https")).toEqual([...policyLines, strict].toSorted());
});
