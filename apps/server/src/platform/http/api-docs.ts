import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { csrfHeader } from "@maru/protocol";
import type { HttpApp } from "./app.ts";

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Maru API</title><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body>
</html>`;

const start = `SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#api", deepLinking: true,
  requestInterceptor: (request) => { request.headers["${csrfHeader}"] = "1"; return request; } });`;

/** Serves the API's description and a page to read it on, all from here. */
export function addApiDocs(app: HttpApp, version: string): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", { type: "http", scheme: "bearer" });
  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Maru",
      version,
      description: `Requests that change something under /api/auth carry the header \`${csrfHeader}: 1\`. Realtime is described in docs/protocol/v1.md.`,
    },
  });
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  app.get("/api/docs", (context) => context.html(page));
  app.get("/api/docs/start.js", (context) => context.body(start, 200, { "content-type": "text/javascript" }));
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
    app.get(`/api/docs/${name}`, () => new Response(Bun.file(join(folder, name))));
  }
}
