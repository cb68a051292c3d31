import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import type { MaruClientError } from "../client-error.ts";
import type { FetchLike } from "../ports.ts";
import { Http } from "./http.ts";

const clock = new FakeClock();

function open(fetch: FetchLike, keepsCookies = false): Http {
  return new Http({ url: "http://maru.example/", fetch, clock, locale: () => "en", keepsCookies });
}

const json = { "content-type": "application/json" };
const legal = { terms: { version: "1", path: "/terms" }, privacy: { version: "1", path: "/privacy" } };
const codeOf = (request: Promise<unknown>) => request.catch((error) => [error.code, error.temporary]);

test("says the server cannot be reached when there is no network", async () => {
  expect(await codeOf(open(() => Promise.reject(new TypeError("fetch failed"))).call("GET legal"))).toEqual([
    "server.unavailable",
    true,
  ]);
});

test.each([
  ["comes", false],
  ["ends", true],
])("gives up after half a minute an answer that never %s", async (_, begins) => {
  const http = open(async (_url, { signal }) => {
    const cut = (fail: (reason: unknown) => void) => signal?.addEventListener("abort", () => fail(signal.reason));
    if (!begins) return new Promise((_resolve, reject) => cut(reject));
    const body = new ReadableStream({ start: (begun) => cut((reason) => begun.error(reason)) });
    return new Response(body, { headers: json });
  });
  let isOver = false;
  const request = codeOf(http.call("GET legal")).finally(() => {
    isOver = true;
  });
  await clock.advance(29_999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await request).toEqual(["server.unavailable", true]);
  expect(clock.pendingCount).toBe(0);
});

test("reads an error of the catalogue, and takes anything else for a fault on the way", async () => {
  const refuse = (body: unknown, status: number) =>
    codeOf(open(async () => Response.json(body, { status })).call("GET legal"));
  expect(await refuse({ error: { code: "nickname.taken", message: "x" } }, 409)).toEqual(["nickname.taken", false]);
  for (const body of [{ error: { code: "of.another.house" } }, { error: { code: "Forbidden", message: "x" } }, [], 7]) {
    expect(await refuse(body, 400)).toEqual(["server.unavailable", true]);
  }
});

test("an error that only a newer server has is unknown, in the server's words, and passes if the server says so", async () => {
  for (const temporary of [true, false]) {
    const body = { code: "room.frozen", message: "얼어 있어요.", temporary, params: { a: 1, b: {} }, retryAfterMs: 0 };
    const http = open(async () => Response.json({ error: body }, { status: 409 }));
    const error = (await http.call("GET legal").catch((thrown) => thrown)) as MaruClientError;
    expect([error.code, error.temporary, error.describe("en")]).toEqual(["unknown", temporary, "얼어 있어요."]);
    // Never again at once, whatever was said.
    expect([error.params, error.retryAfterMs]).toEqual([{ a: 1 }, 50]);
  }
});

test.each<[string, () => Response]>([
  [
    "a portal's page with 200",
    () => new Response("<html>Welcome</html>", { headers: { "content-type": "text/html" } }),
  ],
  ["a page that calls itself JSON", () => new Response("<html>Welcome</html>", { headers: json })],
  ["a right answer that calls itself a page", () => new Response(JSON.stringify(legal))],
  ["nothing with 200", () => new Response("", { headers: json })],
  ["nothing with 204", () => new Response(null, { status: 204 })],
  ["half a body", () => new Response('{"terms":{"version":"1"', { headers: json })],
  ["an empty object", () => Response.json({})],
  ["a field of another type", () => Response.json({ ...legal, terms: { version: 1, path: "/terms" } })],
  ["a bad gateway", () => new Response("<html>502</html>", { status: 502 })],
  ["a page in place of a refusal", () => new Response("<html>403</html>", { status: 403, headers: json })],
])("%s is no answer of ours", async (_, answer) => {
  expect(await codeOf(open(async () => answer()).call("GET legal"))).toEqual(["server.unavailable", true]);
});

test("drops fields that only a newer server has", async () => {
  const newer = { ...legal, cookies: {}, terms: { ...legal.terms, since: "2026" } };
  expect(await open(async () => Response.json(newer)).call("GET legal")).toEqual(legal);
});

test("a step that only a newer client can take says so", async () => {
  const http = open(async () => Response.json({ next: "retina_scan" }, { status: 202 }));
  const signIn = http.call("POST signIn", { body: {} });
  expect(await codeOf(signIn)).toEqual(["client.outdated", false]);
});

test("follows no redirect, and asks with half a surrogate pair in the path too", async () => {
  const asked: [string, RequestInit["redirect"]][] = [];
  const http = open(async (url, { redirect }) => {
    asked.push([url, redirect]);
    return Response.json({ isAvailable: false });
  });
  await http.call("GET nickname", { params: { nickname: "a\ud800/" } });
  expect(asked).toEqual([["http://maru.example/api/nicknames/a%EF%BF%BD%2F", "error"]]);
});

test("a program keeps the cookies that a browser would keep, and forgets those that are over", async () => {
  const sent: (string | null)[] = [];
  const answers = [["refresh=one; HttpOnly; Path=/api/auth", "other=2"], ["refresh=two"], ["refresh=; Max-Age=0"], []];
  const http = open(async (_, { headers }) => {
    sent.push(new Headers(headers).get("cookie"));
    const response = new Response(null, { status: 204 });
    for (const line of answers[sent.length - 1] ?? []) response.headers.append("set-cookie", line);
    return response;
  }, true);
  for (let i = 0; i < 4; i++) await http.call("POST signOut");
  expect(sent).toEqual([null, "refresh=one; other=2", "refresh=two; other=2", "other=2"]);
});
