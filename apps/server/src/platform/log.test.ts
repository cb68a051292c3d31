import { describe, expect, test } from "bun:test";
import { createLog, type LogFields } from "./log.ts";

function write(message: string, fields: LogFields = {}, inherited: LogFields = {}) {
  const lines: string[] = [];
  const options = { level: "info", write: (line: string) => lines.push(line), now: () => 0 } as const;
  createLog(options).child(inherited).info(message, fields);
  createLog({ ...options, isPretty: true })
    .child(inherited)
    .info(message, fields);
  const [json = "", pretty = ""] = lines;
  return { json: JSON.parse(json) as Record<string, unknown>, all: lines.join("\n"), pretty };
}

test("a line says when, how grave, what, and what belongs to it", () => {
  const { json, pretty } = write("Ready.", { port: 8080 }, { node: "a" });
  expect(json).toEqual({ at: "1970-01-01T00:00:00.000Z", level: "info", message: "Ready.", node: "a", port: 8080 });
  expect(pretty).toBe("00:00:00 Ready.  node=a port=8080");
});

test("lines below the level are not written, and fields cannot pose as the line's own", () => {
  const lines: string[] = [];
  const log = createLog({ level: "warn", write: (line) => lines.push(line), now: () => 0 });
  log.debug("no");
  log.info("no");
  log.warn("yes", { level: "debug", message: "other" });
  log.error("yes");
  expect(lines.map((line) => JSON.parse(line)).map(({ level, message }) => `${level} ${message}`)).toEqual([
    "warn yes",
    "error yes",
  ]);
});

const jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhY2NfMSJ9.c2lnbmF0dXJl";

describe("a secret is not written", () => {
  const named = [
    "token",
    "accessToken",
    "refresh_token",
    "password",
    "newPassword",
    "email",
    "userEmail",
    "body",
    "text",
  ];
  const others = ["set-cookie", "Authorization", "clientSecret", "otp", "recoveryCodes", "phone"];
  for (const name of [...named, ...others]) {
    test(`under the name ${name}, wherever it is nested`, () => {
      const deep = { [name]: "hush-1", a: { [name]: "hush-2", list: [{ [name]: { inner: "hush-3" } }] } };
      const { all } = write("Look.", { ...deep, deep }, { [name]: "hush-4" });
      expect(all).not.toContain("hush");
      expect(all).toContain("[redacted]");
    });
  }

  const texts: Record<string, string> = {
    "an address's credentials": "connect to postgres://maru:hush@db.example:5432/maru failed",
    "credentials of an address without a name": "redis://:hush@cache.example:6379",
    "an access token": `bad token ${jwt.replace("c2ln", "hush")}`,
    "a header": "Authorization: Bearer hush-0123456789",
    "a parameter": "GET /verify?lang=ko&token=hush&x=1",
    "a code to sign in with": "https://a.example/callback?code=hush&state=hush",
    "a mail address": "550 <hush@mail.example> unknown",
  };
  for (const [what, text] of Object.entries(texts)) {
    test(`inside a text: ${what}`, () => {
      const error = new Error(text, { cause: new Error(text) });
      const places = [write(text), write("It failed.", { why: text, list: [[text]] }), write("It failed.", { error })];
      for (const { all } of places) {
        expect(all).not.toContain("hush");
        expect(all).toContain("[redacted]");
      }
    });
  }
});

test("what is no secret stays", () => {
  const kept = {
    context: "rooms",
    roomId: "room_0123",
    url: "http://localhost:8080/api/rooms?after=12",
    bus: "nats://bus.example:4222",
    error: Object.assign(new Error("lost"), { code: "ERR_POSTGRES_CONNECTION_CLOSED" }),
    at: new Date(5),
    count: 3n,
  };
  const { json } = write("Look.", { ...kept, when: kept.at });
  expect(json).toMatchObject({ context: "rooms", roomId: "room_0123", url: kept.url, bus: kept.bus, count: "3" });
  expect(json["error"]).toMatchObject({ message: "lost", code: "ERR_POSTGRES_CONNECTION_CLOSED" });
  expect(json["when"]).toBe("1970-01-01T00:00:00.005Z");
});

test("a code is written when it is an error's or a program's, not when it was sent to somebody", () => {
  const codes = (...found: unknown[]) => found.map((code) => write("Look.", { code }).json["code"]);
  expect(codes("room.not_found", "ECONNREFUSED", 137)).toEqual(["room.not_found", "ECONNREFUSED", 137]);
  expect(codes("482913", "K7QF-20MX", "hush")).toEqual(["[redacted]", "[redacted]", "[redacted]"]);
});

test("a secret in the middle of a long text is not written, nor slows the line down", () => {
  const long = `${"x".repeat(480)} postgres://maru:hush${"h".repeat(100)}@db.example/maru`;
  expect(write(long).all).not.toContain("hush");
  const startedAt = performance.now();
  write("a".repeat(1_000_000), { eyJ: "eyJ".repeat(300_000), name: "?key".repeat(300_000) });
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test("a line stays short, and what points to itself ends", () => {
  const round: Record<string, unknown> = { long: "x".repeat(10_000), bytes: new Uint8Array(10_000) };
  round["self"] = round;
  const { all } = write("Look.", { round, many: Array.from({ length: 1_000 }, (_, i) => i) });
  expect(all.length).toBeLessThan(6_000);
});
