import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { csrfHeader } from "@maru/protocol";
import type { Context } from "hono";
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
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Maru",
        version,
        description: `Requests that change something under /api/auth carry the header \`${csrfHeader}: 1\`. Realtime is described in docs/protocol/v1.md.`,
      },
    });
  // Made when it is first asked for, when all routes are there, and kept: making it holds everybody up for 10 ms.
  let description: Kept | null = null;
  app.under("api", () => {
    app.get("/api/openapi.json", (context) => {
      description ??= keep(JSON.stringify(describe()));
      return answerKept(context, description, "application/json");
    });
  });
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const [keptPage, keptStart] = [keep(page), keep(start)];
  app.under("app", () => {
    app.get("/api/docs", (context) => answerKept(context, keptPage, "text/html; charset=utf-8"));
    app.get("/api/docs/start.js", (context) => answerKept(context, keptStart, "text/javascript; charset=utf-8"));
    for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
      app.get(`/api/docs/${name}`, () => {
        // They change with the program only.
        return new Response(Bun.file(join(folder, name)), { headers: { "cache-control": "public, max-age=3600" } });
      });
    }
  });
}

/** A text that stays as it is, and the mark by which a browser that has it says so. */
type Kept = { readonly body: string; readonly etag: string };

function keep(body: string): Kept {
  return { body, etag: `"${Bun.hash(body).toString(36)}"` };
}

function answerKept(context: Context, { body, etag }: Kept, type: string): Response {
  const headers = { etag, "cache-control": "no-cache" };
  const known = context.req.header("if-none-match")?.split(",") ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, "") === etag)) return context.body(null, 304, headers);
  return context.body(body, 200, { ...headers, "content-type": type });
}
