import { describe, expect, test } from "bun:test";
import { addressKey } from "./address-key.ts";

describe("addressKey", () => {
  const same: [string, string][] = [
    ["203.0.113.7", "::ffff:203.0.113.7"],
    ["203.0.113.7", "::ffff:cb00:7107"],
    ["203.0.113.7", "0:0:0:0:0:FFFF:CB00:7107"],
    ["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff"],
    ["2001:db8::1", "2001:0db8:0000:0000:1::"],
    ["fe80::1%eth0", "fe80::2"],
    ["::1", "0:0:0:0:0:0:0:1"],
  ];
  for (const [one, other] of same)
    test(`${one} counts as ${other}`, () => expect(addressKey(one)).toBe(addressKey(other)));

  test("neighbours are apart", () => {
    expect(addressKey("203.0.113.7")).not.toBe(addressKey("203.0.113.8"));
    expect(addressKey("::ffff:cb00:7107")).not.toBe(addressKey("::ffff:cb00:7108"));
    expect(addressKey("2001:db8:1:2::1")).not.toBe(addressKey("2001:db8:1:3::1"));
  });
});
