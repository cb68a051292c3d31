import { describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { Hono } from "hono";
import { MaruError } from "../../platform/errors.ts";
import { addressKey, createRateLimits } from "./rate-limits.ts";

describe("addressKey", () => {
  const same: [string, string][] = [
    ["203.0.113.7", "::ffff:203.0.113.7"],
    ["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff"],
    ["2001:db8::1", "2001:0db8:0000:0000:1::"],
    ["fe80::1%eth0", "fe80::2"],
    ["::1", "0:0:0:0:0:0:0:1"],
  ];
  for (const [one, other] of same)
    test(`${one} counts as ${other}`, () => expect(addressKey(one)).toBe(addressKey(other)));

  test("neighbours are apart", () => {
    expect(addressKey("203.0.113.7")).not.toBe(addressKey("203.0.113.8"));
    expect(addressKey("2001:db8:1:2::1")).not.toBe(addressKey("2001:db8:1:3::1"));
  });
});

test("limits let a burst through, then so many a minute, each address for itself", async () => {
  const clock = new FakeClock();
  const clientAddress = (context: { req: { header(name: string): string | undefined } }) =>
    context.req.header("x-from") ?? "";
  const { limit } = createRateLimits({ clock, clientAddress, rules: { nickname: { burst: 3, perSecond: 0.1 } } });
  const app = new Hono().get("/", limit("nickname"), (context) => context.text("ok"));
  app.onError((error, context) =>
    context.json(error instanceof MaruError ? { code: error.code, retryAfterMs: error.retryAfterMs } : {}, 429),
  );
  const ask = async (from: string) => {
    const response = await app.request("/", { headers: { "x-from": from } });
    return response.status === 200 ? "ok" : ((await response.json()) as { code: string; retryAfterMs: number });
  };

  expect([await ask("a"), await ask("a"), await ask("a")]).toEqual(["ok", "ok", "ok"]);
  expect(await ask("a")).toEqual({ code: "rate.limited", retryAfterMs: 10_000 });
  expect(await ask("b")).toBe("ok");
  await clock.advance(10_000);
  expect(await ask("a")).toBe("ok");
  expect(await ask("a")).toMatchObject({ code: "rate.limited" });
});
