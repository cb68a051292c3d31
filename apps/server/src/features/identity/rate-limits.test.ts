import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { Hono } from "hono";
import { MaruError } from "../../platform/errors.ts";
import { createRateLimits } from "./rate-limits.ts";

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
