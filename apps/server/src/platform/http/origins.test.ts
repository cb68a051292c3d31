import { expect, test } from "bun:test";
import { isOriginAllowed } from "./origins.ts";

const listed = ["https://talk.example", "http://localhost:8080"];
const allows = (origin: string, host = "talk.example", acceptsOwnAddress = false) =>
  isOriginAllowed(origin, new Request("http://x/", { headers: { host } }), { listed, acceptsOwnAddress });

test("a listed origin may act, exactly as it is listed", () => {
  for (const origin of listed) expect(allows(origin)).toBe(true);
  const others = [
    "http://talk.example",
    "https://talk.example:8443",
    "https://talk.example.evil.example",
    "https://sub.talk.example",
    "https://talk.example/",
    "HTTPS://TALK.EXAMPLE",
    "null",
    "",
    "file://",
  ];
  for (const origin of others) expect([origin, allows(origin)]).toEqual([origin, false]);
});

test("open to the network, the very address in the address bar may act: an IP address or localhost over plain http", () => {
  expect(allows("http://192.168.0.7:8080", "192.168.0.7:8080", true)).toBe(true);
  expect(allows("http://[fe80::1]:8080", "[fe80::1]:8080", true)).toBe(true);
  expect(allows("http://localhost:9000", "localhost:9000", true)).toBe(true);
});

test("neither a name that points here, nor another address, nor anything when it is not open to the network", () => {
  expect(allows("http://evil.example:8080", "evil.example:8080", true)).toBe(false);
  expect(allows("http://192.168.0.9:8080", "192.168.0.7:8080", true)).toBe(false);
  expect(allows("https://192.168.0.7:8080", "192.168.0.7:8080", true)).toBe(false);
  expect(allows("http://192.168.0.7:8080/x", "192.168.0.7:8080", true)).toBe(false);
  expect(allows("null", "192.168.0.7:8080", true)).toBe(false);
  expect(allows("http://192.168.0.7:8080", "192.168.0.7:8080", false)).toBe(false);
});
