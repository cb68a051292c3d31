import { expect, test } from "bun:test";
import { systemClock } from "../platform/clock.ts";
import { createHttpApp } from "../platform/http/app.ts";
import { newId } from "../platform/ids.ts";
import { silentLog } from "../platform/log.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { collectServices, registerCommands, registerRoutes, startInOrder } from "./compose-parts.ts";
import type { Access, NodeServices } from "./feature.ts";
import type { NamedParts } from "./feature-list.ts";

const whole = {
  authenticate: async () => ({ accountId: "a", sessionId: "s", expiresAt: 0 }),
  requireAccount: (_context, next) => next(),
  observeRequest: (_context, next) => next(),
  deviceOf: () => null,
  accountRevs: { take: async () => new Map(), list: async () => new Map() },
} satisfies Partial<NodeServices>;

/** Parts that note their start and their end. */
function stepsOf(name: string, steps: string[], fails = false): NamedParts {
  return {
    name,
    start: () => {
      if (fails) throw new Error(`${name} does not start`);
      steps.push(`start ${name}`);
    },
    stop: () => steps.push(`stop ${name}`),
  };
}

test("features start in their order and stop in the reverse of it", async () => {
  const steps: string[] = [];
  const shutdown = new Shutdown(systemClock, silentLog);
  await startInOrder([stepsOf("a", steps), { name: "b" }, stepsOf("c", steps)], shutdown);
  await shutdown.run();
  expect(steps).toEqual(["start a", "start c", "stop c", "stop a"]);
});

test("where one does not start, those before it stop and those after it never started", async () => {
  const steps: string[] = [];
  const shutdown = new Shutdown(systemClock, silentLog);
  const parts = [stepsOf("a", steps), stepsOf("b", steps, true), stepsOf("c", steps)];
  await expect(startInOrder(parts, shutdown)).rejects.toThrow("b does not start");
  await shutdown.run();
  expect(steps).toEqual(["start a", "stop a"]);
});

test("what the node needs of features is supplied by exactly one of them", () => {
  const accountEpoch = () => "epoch";
  const parts: NamedParts[] = [
    { name: "a", services: whole },
    { name: "b", services: { accountEpoch } },
  ];
  expect(collectServices(parts)).toEqual({ ...whole, accountEpoch });
  expect(() => collectServices(parts.slice(0, 1))).toThrow("No feature supplies accountEpoch.");
  expect(() => collectServices([...parts, { name: "c", services: { accountEpoch } }])).toThrow(
    "Both b and c supply accountEpoch.",
  );
});

test("commands are registered in the order of the features", () => {
  const named: string[] = [];
  const commands = (name: string) => () => void named.push(name);
  registerCommands(
    [{ name: "a", commands: commands("a") }, { name: "b" }, { name: "c", commands: commands("c") }],
    {} as never,
  );
  expect(named).toEqual(["a", "c"]);
});

test("routes get the policy that their feature named for them, and a second one is found", () => {
  const access: Access = whole;
  const parts: NamedParts[] = [
    { name: "a", routes: { api: (http) => void http.get("/api/a", (context) => context.json({})) } },
    { name: "b", routes: { file: (http) => void http.get("/files/b", (context) => context.json({})) } },
  ];
  const http = createHttpApp({ log: silentLog, newId });
  registerRoutes(parts, http, access);
  expect(http.policies.list(http.routes)).toEqual([
    ["GET /api/a", ["api"]],
    ["GET /files/b", ["file"]],
  ]);
  registerRoutes(
    [{ name: "c", routes: { app: (more) => void more.get("/api/a", (context) => context.json({})) } }],
    http,
    access,
  );
  expect(http.policies.listFaults(http.routes)).toEqual(["GET /api/a (api, app)"]);
});
