import { afterAll, beforeAll, expect, test } from "bun:test";
import { enteredSchema, httpAnswers, httpPaths } from "@maru/protocol";
import { openWorld, type World } from "./fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("every route is in the API's description, with what it takes and answers", () => {
  const document = world.app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Maru", version: "1" } });
  const paths = document.paths ?? {};
  const { rooms: _rooms, room: _room, messages: _messages, realtime: _realtime, ...own } = httpPaths;
  expect(Object.keys(paths).sort()).toEqual(Object.values(own).sort());
  expect(Object.keys(paths[httpPaths.me] ?? {}).sort()).toEqual(["get", "patch"]);
  for (const path of [httpPaths.signUp, httpPaths.signIn]) {
    expect(paths[path]?.post?.requestBody).toMatchObject({ required: true });
    expect(paths[path]?.post?.responses?.["200"]).toBeDefined();
  }
  for (const path of [httpPaths.me, httpPaths.sessions])
    expect(paths[path]?.get?.security).toEqual([{ accessToken: [] }]);
});

test("every call of the client is a route, and answers what the client takes for its answer", () => {
  const routes = new Map(
    world.app.openAPIRegistry.definitions.flatMap((definition) =>
      definition.type === "route" ? [[`${definition.route.method} ${definition.route.path}`, definition.route]] : [],
    ),
  );
  const optionsInContract = (call: string) => {
    const [method = "", name] = call.split(" ") as [string, keyof typeof httpPaths];
    const good = Object.entries(routes.get(`${method.toLowerCase()} ${httpPaths[name]}`)?.responses ?? {});
    return good.flatMap(([status, answer]): unknown[] => {
      const json = ("content" in answer ? answer.content?.["application/json"] : undefined) ?? {};
      return status < "300" ? ["schema" in json ? (json.schema as unknown) : null] : [];
    });
  };
  const optionsOf = (schema: unknown) => (schema === enteredSchema ? enteredSchema.options : [schema]);
  for (const [call, schema] of Object.entries(httpAnswers)) {
    expect([call, ...optionsInContract(call)]).toEqual([call, ...optionsOf(schema)]);
  }
});

test("a known path with another method, and an unknown one, have the one shape of an error", async () => {
  const device = world.device();
  expect(await device.ask("GET", httpPaths.signIn)).toMatchObject({ status: 405, code: "route.method_not_allowed" });
  expect(await device.ask("GET", "/api/auth/sign-in/x")).toMatchObject({ status: 404, code: "route.not_found" });
});
