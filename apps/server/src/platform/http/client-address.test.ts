import { expect, test } from "bun:test";
import { createClientReader, isOwnMachine, type ProxyTrust } from "./client-address.ts";

/** A server whose every socket comes from one address. */
const behind = (address: string) => ({ requestIP: () => ({ address, family: "IPv4" as const, port: 1 }) });
const from = (headers: Record<string, string>, url = "http://talk.example/") => new Request(url, { headers });
const told = (trust: ProxyTrust, headers: Record<string, string>, socket = "10.0.0.1") =>
  createClientReader(trust).addressOf(from(headers), behind(socket));
const isSecure = (trust: ProxyTrust, headers: Record<string, string>, url?: string, socket = "10.0.0.1") =>
  createClientReader(trust).isSecure(from(headers, url), behind(socket));

test("without a proxy the socket's address counts, whatever a client says of itself", () => {
  const headers = {
    "x-forwarded-for": "198.51.100.1",
    forwarded: "for=198.51.100.1;proto=https",
    "x-forwarded-proto": "https",
  };
  expect(told(0, headers, "203.0.113.9")).toBe("203.0.113.9");
  expect(told(0, headers, "::ffff:203.0.113.9")).toBe("203.0.113.9");
  expect(isSecure(0, headers)).toBe(false);
});

type Case = readonly [what: string, trust: ProxyTrust, list: string, client: string];
const cases: readonly Case[] = [
  ["one proxy's word is the last", 1, "127.0.0.1, 203.0.113.5", "203.0.113.5"],
  ["a port is no part of it", 1, "198.51.100.11:4711", "198.51.100.11"],
  ["nor are brackets", 1, "[2001:db8::1]:4711", "2001:db8::1"],
  ["bare IPv6", 1, "2001:db8::1", "2001:db8::1"],
  ["IPv4 in IPv6, in hex", 1, "::ffff:c633:640b", "198.51.100.11"],
  ["two proxies in a row", 2, "198.51.100.11, 10.0.0.2", "198.51.100.11"],
  ["two proxies, and what the client made up", 2, "127.0.0.1, 198.51.100.11:9, 10.0.0.2:80", "198.51.100.11"],
  ["three proxies", 3, "1.1.1.1, 198.51.100.11, 10.0.0.3, 10.0.0.2", "198.51.100.11"],
  ["fewer words than proxies", 3, "198.51.100.11", "198.51.100.11"],
  ["nonsense is not believed", 1, "203.0.113.5, evil", "10.0.0.1"],
  ["nonsense of the second is not believed, the first is", 2, "evil, 10.0.0.2", "10.0.0.2"],
  ["no word at all", 1, "", "10.0.0.1"],
  ["only commas", 1, " , ,", "10.0.0.1"],
  ["proxies of a network", ["10.0.0.0/8"], "1.1.1.1, 198.51.100.11, 10.0.0.2", "198.51.100.11"],
  ["two networks", ["10.0.0.0/8", "203.0.113.0/24"], "1.1.1.1, 198.51.100.11, 203.0.113.4, 10.0.0.2", "198.51.100.11"],
  ["a socket outside the network", ["192.0.2.0/24"], "198.51.100.11", "10.0.0.1"],
  ["only proxies", ["10.0.0.0/8"], "10.0.0.9, 10.0.0.2", "10.0.0.9"],
];
for (const [what, trust, list, client] of cases) {
  test(`X-Forwarded-For: ${what}`, () => expect(told(trust, { "x-forwarded-for": list })).toBe(client));
  test(`Forwarded: ${what}`, () => {
    const words = list.split(",").map((word) => `for="${word.trim()}";proto=http;by=203.0.113.43`);
    expect(told(trust, { forwarded: words.join(", ") })).toBe(client);
  });
}

test("Forwarded is read as RFC 7239 writes it", () => {
  const read = (header: string) => told(1, { forwarded: header });
  expect(read("for=192.0.2.60;proto=http;by=203.0.113.43")).toBe("192.0.2.60");
  expect(read('For="[2001:db8:cafe::17]:4711"')).toBe("2001:db8:cafe::17");
  expect(read("for=192.0.2.43, FOR = 198.51.100.17")).toBe("198.51.100.17");
  expect(read('for=192.0.2.43;host="a,b;for=9.9.9.9"')).toBe("192.0.2.43");
  for (const header of ["for=unknown", "for=_gazonk", "proto=https", "nonsense", '"', '"""for=1.2.3.4', ";;=,=;"])
    expect([header, read(header)]).toEqual([header, "10.0.0.1"]);
});

test("a client cannot hide a proxy's word in Forwarded behind a quote of its own", () => {
  for (const own of ['for=9.9.9.9;a="', '"', 'for=9.9.9.9;a="\\"', 'for="9.9.9.9'])
    for (const added of ["for=198.51.100.11", 'for="[2001:db8::1]:4711"'])
      expect([own, told(1, { forwarded: `${own}, ${added}` })]).toEqual([own, expect.not.stringContaining("9.9.9.9")]);
});

test("where the two headers name different clients one of them came from outside, and neither is believed", () => {
  const both = (list: string, forwarded: string) => told(1, { "x-forwarded-for": list, forwarded });
  expect(both("198.51.100.11", "for=198.51.100.11")).toBe("198.51.100.11");
  expect(both("198.51.100.11", "for=192.0.2.1")).toBe("10.0.0.1");
  expect(both("198.51.100.11", "for=unknown")).toBe("10.0.0.1");
});

test("without a socket and a proxy's word nothing is known", () => {
  expect(createClientReader(1).addressOf(from({}), null)).toBe("unknown");
});

test("https is what the outermost trusted proxy says, or what the request came by", () => {
  expect(isSecure(1, { "x-forwarded-proto": "https" })).toBe(true);
  expect(isSecure(1, { "x-forwarded-proto": "https, http" })).toBe(false);
  expect(isSecure(1, { forwarded: "for=192.0.2.1;proto=https" })).toBe(true);
  expect(isSecure(2, { "x-forwarded-for": "192.0.2.1, 10.0.0.2", "x-forwarded-proto": "https, http" })).toBe(true);
  expect(isSecure(2, { "x-forwarded-for": "192.0.2.1, 10.0.0.2", "x-forwarded-proto": "https" })).toBe(true);
  expect(isSecure(["192.0.2.0/24"], { "x-forwarded-proto": "https" })).toBe(false);
  expect(isSecure(0, {}, "https://talk.example/")).toBe(true);
});

test("only this machine, asked by its own name, is this machine", () => {
  const own = (url: string, address: string) => isOwnMachine(from({}, url), address);
  expect(own("http://localhost:8080/dev/mail", "127.0.0.1")).toBe(true);
  expect(own("http://[::1]:8080/", "::1")).toBe(true);
  expect(own("http://127.0.0.2:8080/", "127.0.0.1")).toBe(true);
  expect(own("http://127.0.0.1:8080/", "::ffff:127.0.0.1")).toBe(true);
  // A name that was made to point here, and a neighbour that says localhost.
  expect(own("http://evil.example:8080/", "127.0.0.1")).toBe(false);
  expect(own("http://localhost:8080/", "192.168.0.7")).toBe(false);
  expect(own("http://localhost:8080/", "unknown")).toBe(false);
});
