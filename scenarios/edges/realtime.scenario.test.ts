import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { toErrorBody } from "@maru/protocol";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { keepFaults } from "./kept-log.ts";
import { firstBytes, type Outcome, sweepRealtime, upgrades } from "./realtime-sweep.ts";

const log = keepFaults();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ log: log.log });
});
afterAll(() => server?.stop());

test("the door of sockets takes every edge of a request and of first bytes in order, and writes nothing by halves", async () => {
  const counter = await sweepRealtime({ server, log });
  expect(counter.faults).toEqual([]);
  expect(counter.doors).toEqual([upgrades, firstBytes]);
  // Given and used: somebody said who they are on the socket, and was answered.
  expect(counter.countOf("ok", upgrades)).toBeGreaterThan(80);
  for (const code of ["closed 4503", "request.invalid", "request.forbidden_origin"]) {
    expect([code, counter.countOf(code, upgrades) > 10]).toEqual([code, true]);
  }
  for (const code of ["ok", "closed 4504", "connection.required", "auth.invalid", "closed 1002"]) {
    expect([code, counter.countOf(code, firstBytes) > 5]).toEqual([code, true]);
  }
  for (const code of ["closed 4505", "closed 4509", "closed 1007", "closed 1009"]) {
    expect([code, counter.countOf(code, firstBytes) > 0]).toEqual([code, true]);
  }
  expect(counter.total).toBeGreaterThan(380);
  // And whoever comes after all that is served.
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}, 60_000);

describe("a planted fault turns it red:", () => {
  const faultsWith = async (plant: (what: string) => Promise<Outcome | null> | Outcome | null) =>
    (await sweepRealtime({ server, log, tamper: async (found, what) => (await plant(what)) ?? found })).faults.join(
      "\n",
    );
  const refused = (status: number, body: unknown): Outcome => ({
    kind: "refused",
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

  test("a failure, a page of a proxy, a trace, a status of another code, a close of no table, an end, silence", async () => {
    const planted: Readonly<Record<string, readonly [Outcome, string]>> = {
      "origin: NUL inside": [refused(500, { error: toErrorBody("server.internal", "ko") }), "500"],
      "origin: quotes": [refused(403, "<html>Forbidden</html>"), "403 that is no error of the catalogue"],
      "cookie: quotes": [
        refused(400, { error: { code: "request.invalid", message: "TypeError: x\n    at a.ts:3" } }),
        "told a trace",
      ],
      "host: quotes": [
        refused(404, { error: toErrorBody("request.invalid", "ko") }),
        "request.invalid with status 404",
      ],
      "query, v=2": [{ kind: "closed", code: 4777 }, "closed with 4777"],
      binary: [{ kind: "ended" }, "ended without a word"],
      "a ping of 126 bytes": [{ kind: "hung" }, "never answered"],
      "an id 0": [
        { kind: "answered", text: '{"err":{"code":"room.broken"}}' },
        'answered {"err":{"code":"room.broken"}}',
      ],
    };
    const faults = await faultsWith((what) => planted[what]?.[0] ?? null);
    for (const [what, [, words]] of Object.entries(planted)) expect(faults).toContain(`${what}: ${words}`);
    expect(faults.split("\n").filter((line) => line.startsWith("the "))).toHaveLength(Object.keys(planted).length);
  });

  test("what is written by who is refused, and a line in the log", async () => {
    const { accountId } = (await server.db.sql`select id as "accountId" from identity_accounts limit 1`)[0];
    const faults = await faultsWith(async (what) => {
      if (what === "authorization: NUL") log.log.error("planted", { error: new Error("planted") });
      else if (what === "query, v=0") {
        await server.db.sql`update identity_accounts set intro = intro || '.' where id = ${accountId}`;
        return { kind: "closed", code: 4503 };
      }
      return null;
    });
    expect(faults).toContain("query, v=0: refused, and wrote to identity_accounts");
    expect(faults).toContain("authorization: NUL: logged");
  });
});
