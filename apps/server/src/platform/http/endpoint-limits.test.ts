import { describe, expect, test } from "bun:test";
import { httpEndpoints, type nodeRateLimits } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import { silentLog } from "../log.ts";
import { createNodeLimits, type NodeRateRules } from "../node-limits.ts";
import { createHttpApp } from "./app.ts";
import { listUnnamedRoutes } from "./endpoint-limits.ts";

function openApp(rules: Partial<NodeRateRules> = {}) {
  const clock = new FakeClock();
  const app = createHttpApp({
    log: silentLog,
    newId: () => "id",
    limits: {
      limits: createNodeLimits(clock, rules),
      addressOf: ({ req }) => req.header("x-from") ?? "here",
      deviceOf: ({ req }) => req.header("x-device") ?? null,
    },
  });
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) =>
    (await app.request(path, { method, headers }, { server: null })).status;
  return { app, clock, ask };
}

const narrow = (burst: number) => ({ burst, perSecond: 0.1 });

describe("limits of endpoints", () => {
  test("let a burst through, then so many a second, each address for itself, before anything else runs", async () => {
    const { app, clock, ask } = openApp({ page: narrow(3) });
    let ran = 0;
    app.get("/terms", (context) => context.text(String(++ran)));
    const asked = [1, 2, 3, 4].map(() => ask("GET", "/terms"));
    expect(await Promise.all(asked)).toEqual([200, 200, 200, 429]);
    expect(await ask("GET", "/terms", { "x-from": "there" })).toBe(200);
    expect(ran).toBe(4);
    const refused = await app.request("/terms", {}, { server: null });
    expect(refused.headers.get("retry-after")).toBe("10");
    await clock.advance(10_000);
    expect([await ask("GET", "/terms"), await ask("GET", "/terms")]).toEqual([200, 429]);
  });

  test("count HEAD and every id of a path as one, and what has no route as files", async () => {
    const { app, ask } = openApp({ rooms: narrow(2), file: narrow(2) });
    app.get("/api/rooms/:roomId", (context) => context.text("room"));
    expect(await ask("GET", "/api/rooms/one")).toBe(200);
    expect(await ask("HEAD", "/api/rooms/two")).toBe(200);
    expect(await ask("GET", "/api/rooms/three")).toBe(429);
    expect([await ask("GET", "/x"), await ask("POST", "/y"), await ask("GET", "/z")]).toEqual([404, 404, 429]);
  });

  test("count a browser that was signed in before for itself where the limit says so, and nowhere else", async () => {
    const { app, ask } = openApp({ sign_in: narrow(1), page: narrow(1) });
    app.post("/api/auth/sign-in", (context) => context.text("in"));
    app.get("/terms", (context) => context.text("terms"));
    expect([await ask("POST", "/api/auth/sign-in"), await ask("POST", "/api/auth/sign-in")]).toEqual([200, 429]);
    expect(await ask("POST", "/api/auth/sign-in", { "x-device": "known" })).toBe(200);
    expect(await ask("POST", "/api/auth/sign-in", { "x-device": "known" })).toBe(429);
    expect([await ask("GET", "/terms"), await ask("GET", "/terms", { "x-device": "known" })]).toEqual([200, 429]);
  });

  test("count the address too, ten times as wide, of whoever has collected many browsers' marks", async () => {
    const { app, clock, ask } = openApp({ sign_in: narrow(2) });
    app.post("/api/auth/sign-in", (context) => context.text("in"));
    const askWith = (from: string, device: number) =>
      ask("POST", "/api/auth/sign-in", { "x-from": from, "x-device": `mark ${device}` });
    const answers: number[] = [];
    for (let device = 0; device < 50; device++) answers.push(await askWith("there", device));
    expect(answers.filter((status) => status === 200)).toHaveLength(20);
    // Who has no mark, and who comes from elsewhere, are none of theirs.
    expect(await ask("POST", "/api/auth/sign-in", { "x-from": "there" })).toBe(200);
    expect(await askWith("elsewhere", 50)).toBe(200);
    await clock.advance(1_000);
    expect([await askWith("there", 51), await askWith("there", 52)]).toEqual([200, 429]);
  });

  test("count an account where it is known, from whatever address it comes", async () => {
    const { app, ask } = openApp({ account_request: narrow(2) });
    app.get("/api/me", (context) => {
      context.get("countAccount")?.(context.req.header("x-account") ?? "");
      return context.text("me");
    });
    const as = (account: string, from: string) => ask("GET", "/api/me", { "x-account": account, "x-from": from });
    expect([await as("a", "1"), await as("a", "2"), await as("a", "3"), await as("b", "3")]).toEqual([
      200, 200, 429, 200,
    ]);
  });

  test("name every route of an application; one that the table does not have is found", () => {
    const { app } = openApp();
    app.get("/api/rooms/:roomId", (context) => context.text(""));
    app.use("/anything/*", async (_context, next) => next());
    expect(listUnnamedRoutes(app)).toEqual([]);
    app.delete("/api/rooms/:roomId", (context) => context.text(""));
    expect(listUnnamedRoutes(app)).toEqual(["DELETE /api/rooms/{roomId}"]);
  });

  test.each(Object.keys(httpEndpoints).filter((name) => name !== "GET /realtime"))(
    "refuse a flood of %s",
    async (name) => {
      const [method = "", pattern = ""] = name.split(" ");
      const [first] = httpEndpoints[name]?.limits ?? [];
      const { app, ask } = openApp({ [first as keyof typeof nodeRateLimits]: narrow(2) });
      app.on(method, pattern.replaceAll(/\{(\w+)\}/g, ":$1"), (context) => context.text("answer"));
      const path = pattern.replaceAll(/\{\w+\}/g, "x").replace("/*", "/x");
      const answers = [await ask(method, path), await ask(method, path), await ask(method, path)];
      expect(answers).toEqual([200, 200, 429]);
    },
  );
});
