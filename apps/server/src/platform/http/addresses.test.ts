import { expect, test } from "bun:test";
import { isLoopback, isWithin, readAddress, readNetwork } from "./addresses.ts";

const written: [string, string | null][] = [
  ["198.51.100.11", "198.51.100.11"],
  ["198.51.100.11:4711", "198.51.100.11"],
  [" 198.51.100.11 ", "198.51.100.11"],
  ['"198.51.100.11:4711"', "198.51.100.11"],
  ["2001:db8::1", "2001:db8::1"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["[2001:db8::1]:4711", "2001:db8::1"],
  ['"[2001:db8::1]:4711"', "2001:db8::1"],
  ["[2001:db8::1]:_port", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["::ffff:198.51.100.11", "198.51.100.11"],
  ["::ffff:c633:640b", "198.51.100.11"],
  ["0:0:0:0:0:FFFF:C633:640B", "198.51.100.11"],
  ["[::ffff:c633:640b]:80", "198.51.100.11"],
  ["unknown", null],
  ["_hidden", null],
  ["", null],
  ["1.2.3", null],
  ["0x7f.1", null],
  ["256.1.1.1", null],
  ["[198.51.100.11]", null],
  ["[2001:db8::1", null],
  ["2001:db8::1]:80", null],
  ["talk.example", null],
  ["198.51.100.11, 1.1.1.1", null],
];
for (const [text, address] of written) {
  test(`«${text}» is ${address ?? "no address"}`, () => {
    expect(readAddress(text)?.toString() ?? null).toBe(address);
  });
}

test("a network holds its own addresses, also those written as IPv6; nonsense is none", () => {
  const holds = (network: string, address: string) => {
    const [read, found] = [readNetwork(network), readAddress(address)];
    return read && found ? isWithin(found, [read]) : null;
  };
  expect(holds("10.0.0.0/8", "10.255.0.1")).toBe(true);
  expect(holds("10.0.0.0/8", "11.0.0.1")).toBe(false);
  expect(holds("10.0.0.0/8", "::ffff:10.1.2.3")).toBe(true);
  expect(holds("::ffff:10.0.0.0/104", "10.1.2.3")).toBe(true);
  expect(holds("192.0.2.7", "192.0.2.7")).toBe(true);
  expect(holds("192.0.2.7", "192.0.2.8")).toBe(false);
  expect(holds("2001:db8::/32", "2001:db8:ffff::1")).toBe(true);
  expect(holds("::/0", "192.0.2.7")).toBe(false);
  for (const text of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "::/129", "loopback", ""])
    expect([text, readNetwork(text)]).toEqual([text, null]);
});

test("all of 127.0.0.0/8 and ::1 are this machine alone", () => {
  for (const text of ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:7f00:1"])
    expect([text, isLoopback(text)]).toEqual([text, true]);
  for (const text of ["0.0.0.0", "::", "10.0.0.1", "talk.example", "localhost.evil.example", "unknown"])
    expect([text, isLoopback(text)]).toEqual([text, false]);
});
