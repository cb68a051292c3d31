import { expect, test } from "bun:test";
import type { CommandRoute } from "@maru/protocol";
import { createMiddleware } from "hono/factory";
import { newId } from "../ids.ts";
import { silentLog } from "../log.ts";
import { createHttpApp } from "./app.ts";
import { type CommandRun, registerCommandRoutes } from "./command-routes.ts";

type Env = { Variables: { right: { readonly accountId: string } } };

const middleware = createMiddleware<Env>(async (context, next) => {
  context.set("right", { accountId: "a" });
  await next();
});
const get = (path: string, from: CommandRoute["from"]): CommandRoute => ({ method: "GET", path, summary: "A.", from });

function appWith(routes: Readonly<Record<string, CommandRoute>>, handlers: [string, CommandRun][]) {
  const app = createHttpApp({ log: silentLog, newId });
  registerCommandRoutes(app as never, { routes, handlers: new Map(handlers), middleware });
  return app;
}

test("a command is called with its fields as the socket would give them, and in the caller's language", async () => {
  const calls: unknown[] = [];
  const run: CommandRun = (caller, input) => {
    calls.push([caller, input]);
    return { done: true };
  };
  const route = get("/r", { cursor: "query", limit: "query", archived: "query" });
  const app = appWith({ "room.list": route }, [["room.list", run]]);
  const ask = (query: string) => app.request(`/r${query}`, { headers: { "accept-language": "en" } });
  expect(await (await ask("?limit=7&archived=true&more=1")).json()).toEqual({ done: true });
  await ask("");
  expect(calls).toEqual([
    [
      { accountId: "a", locale: "en" },
      { limit: 7, archived: true },
    ],
    [
      { accountId: "a", locale: "en" },
      { limit: 30, archived: false },
    ],
  ]);
  for (const query of [
    "?limit=0",
    "?limit=101",
    "?limit=1.5",
    "?limit=x",
    "?archived=yes",
    `?cursor=${"a".repeat(201)}`,
  ]) {
    expect([query, (await ask(query)).status]).toEqual([query, 400]);
  }
  expect(calls).toHaveLength(2);
});

test("a route of a command that nobody answers, or with a field that no address can hold, is refused at the start", () => {
  const routes = { "room.list": get("/r", { cursor: "query", limit: "query", archived: "query" }) };
  expect(() => appWith(routes, [])).toThrow("Nothing answers room.list");
  const watch = { "room.watch": get("/w", { rooms: "query" }) };
  expect(() => appWith(watch, [["room.watch", () => ({})]])).toThrow("cannot stand in an address: rooms");
});
