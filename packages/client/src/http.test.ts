import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { Http } from "./http.ts";
import type { FetchLike } from "./ports.ts";

const clock = new FakeClock();

function open(fetch: FetchLike, keepsCookies = false): Http {
  return new Http({ url: "http://maru.example/", fetch, clock, locale: () => "en", keepsCookies });
}

const get = { method: "GET", path: "/api/legal" } as const;
const codeOf = (request: Promise<unknown>) => request.catch((error) => [error.code, error.temporary]);

test("says the server cannot be reached when there is no network", async () => {
  expect(await codeOf(open(() => Promise.reject(new TypeError("fetch failed"))).request(get))).toEqual([
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
    return new Response(new ReadableStream({ start: (body) => cut((reason) => body.error(reason)) }));
  });
  let isOver = false;
  const request = codeOf(http.request(get)).finally(() => {
    isOver = true;
  });
  await clock.advance(29_999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await request).toEqual(["server.unavailable", true]);
  expect(clock.pendingCount).toBe(0);
});

test("reads an error of the catalogue, and takes anything else for a fault on the way", async () => {
  const refuse = (body: string, status: number) => open(async () => new Response(body, { status })).request(get);
  expect(await codeOf(refuse('{"error":{"code":"nickname.taken","message":"x"}}', 409))).toEqual([
    "nickname.taken",
    false,
  ]);
  expect(await codeOf(refuse("<html>502 Bad Gateway</html>", 502))).toEqual(["server.unavailable", true]);
  expect(await codeOf(refuse('{"error":{"code":"of.another.house"}}', 400))).toEqual(["server.unavailable", true]);
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
  for (let i = 0; i < 4; i++) await http.request(get);
  expect(sent).toEqual([null, "refresh=one; other=2", "refresh=two; other=2", "other=2"]);
});
