import { expect, test } from "bun:test";
import { createRoute, z } from "@hono/zod-openapi";
import { silentLog } from "../log.ts";
import { addApiDocs } from "./api-docs.ts";
import { createHttpApp } from "./app.ts";

const ok = { 200: { description: "Done." } };

function openApp() {
  const app = createHttpApp({ log: silentLog, newId: () => "id" });
  const thing = createRoute({
    method: "get",
    path: "/api/things/{id}",
    request: { params: z.object({ id: z.string() }) },
    responses: ok,
  });
  app.openapi(thing, (context) => context.text("thing"));
  addApiDocs(app, "1.2.3");
  return app;
}

test("the description is made once, and a browser that has it is only told so", async () => {
  const app = openApp();
  let made = 0;
  const make = app.getOpenAPI31Document.bind(app);
  app.getOpenAPI31Document = (...given: Parameters<typeof make>) => {
    made++;
    return make(...given);
  };
  const first = await app.request("/api/openapi.json");
  const description = (await first.json()) as { info: { version: string }; paths: object };
  expect([description.info.version, Object.keys(description.paths)]).toEqual(["1.2.3", ["/api/things/{id}"]]);
  for (let i = 0; i < 50; i++) expect((await app.request("/api/openapi.json")).status).toBe(200);
  expect(made).toBe(1);
  const etag = first.headers.get("etag") ?? "";
  for (const known of [etag, `"other", W/${etag}`]) {
    const again = await app.request("/api/openapi.json", { headers: { "if-none-match": known } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  }
  expect((await app.request("/api/openapi.json", { headers: { "if-none-match": '"other"' } })).status).toBe(200);
});

test("the page and what it loads come from here", async () => {
  const app = openApp();
  const page = await (await app.request("/api/docs")).text();
  const loaded = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(loaded).toHaveLength(3);
  for (const path of loaded) {
    const answer = await app.request(path);
    expect([path, answer.status, (await answer.text()).length > 50]).toEqual([path, 200, true]);
  }
});
