import { expect, test } from "bun:test";
import type { Server } from "bun";
import { addressOf, isOwnMachine, isSecure } from "./client-address.ts";

/** A server whose every socket comes from one address. */
const behind = (address: string) => ({ requestIP: () => ({ address }) }) as unknown as Server<unknown>;
const from = (headers: Record<string, string>, url = "http://talk.example/") => new Request(url, { headers });

test("without a proxy the socket's address counts, whatever a client says of itself", () => {
  const request = from({ "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https" });
  expect(addressOf(request, behind("203.0.113.9"), false)).toBe("203.0.113.9");
  expect(isSecure(request, false)).toBe(false);
});

test("behind the operator's proxy the last address is the proxy's own word; earlier ones are the client's", () => {
  const told = (list: string) => addressOf(from({ "x-forwarded-for": list }), behind("10.0.0.1"), true);
  expect(told("198.51.100.1")).toBe("198.51.100.1");
  expect(told("127.0.0.1, 203.0.113.5")).toBe("203.0.113.5");
  expect(told("2001:db8::1")).toBe("2001:db8::1");
});

test("what the proxy says and is no address is not believed", () => {
  const told = (list: string) => addressOf(from({ "x-forwarded-for": list }), behind("10.0.0.1"), true);
  for (const list of ["unknown", "", "203.0.113.5, evil", "1.2.3.4:80"]) expect(told(list)).toBe("10.0.0.1");
  expect(addressOf(from({}), null, true)).toBe("unknown");
});

test("https is what the proxy says last, or what the request came by", () => {
  expect(isSecure(from({ "x-forwarded-proto": "https" }), true)).toBe(true);
  expect(isSecure(from({ "x-forwarded-proto": "https, http" }), true)).toBe(false);
  expect(isSecure(from({}, "https://talk.example/"), false)).toBe(true);
});

test("only this machine, asked by its own name, is this machine", () => {
  const own = (url: string, address: string) => isOwnMachine(from({}, url), address);
  expect(own("http://localhost:8080/dev/mail", "127.0.0.1")).toBe(true);
  expect(own("http://[::1]:8080/", "::1")).toBe(true);
  expect(own("http://127.0.0.1:8080/", "::ffff:127.0.0.1")).toBe(true);
  // A name that was made to point here, and a neighbour that says localhost.
  expect(own("http://evil.example:8080/", "127.0.0.1")).toBe(false);
  expect(own("http://localhost:8080/", "192.168.0.7")).toBe(false);
  expect(own("http://localhost:8080/", "unknown")).toBe(false);
});
