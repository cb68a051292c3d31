import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MiddlewareHandler } from "hono";

type StaticFile = {
  readonly path: string;
  readonly type: string;
  readonly isImmutable: boolean;
  gzipped: Uint8Array<ArrayBuffer> | null;
};

const compressible = /^(text\/|application\/(javascript|json|manifest\+json)|image\/svg)/;
/** Names with a hash of their content in them; what they hold never changes. */
const hashedName = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * Serves a built web app: hashed files for ever, the rest checked each time, and the first page for every address that
 * is a place inside the app. The list of files is read once, so no name from outside ever reaches the disk.
 */
export async function staticFiles(root: string, isAppPath: (path: string) => boolean): Promise<MiddlewareHandler> {
  const files = new Map<string, StaticFile>();
  if (existsSync(root)) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(root.length).replaceAll("\\", "/");
      files.set(name, { path, type: typeOf(path), isImmutable: hashedName.test(name), gzipped: null });
    }
  }
  return async (context, next) => {
    if (context.req.method !== "GET" && context.req.method !== "HEAD") return next();
    const found = files.get(context.req.path) ?? (isAppPath(context.req.path) ? files.get("/index.html") : undefined);
    if (!found) return next();
    return serve(found, context.req.raw);
  };
}

function typeOf(path: string): string {
  if (path.endsWith(".webmanifest")) return "application/manifest+json";
  return Bun.file(path).type;
}

async function serve(file: StaticFile, request: Request): Promise<Response> {
  const headers: Record<string, string> = {
    "content-type": file.type,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  const body = Bun.file(file.path);
  const etag = `"${body.size.toString(36)}-${body.lastModified.toString(36)}"`;
  headers.etag = etag;
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  if (!compressible.test(file.type)) return new Response(request.method === "HEAD" ? null : body, { headers });
  headers.vary = "accept-encoding";
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }
  file.gzipped ??= Bun.gzipSync(await body.bytes());
  headers["content-encoding"] = "gzip";
  return new Response(request.method === "HEAD" ? null : file.gzipped, { headers });
}
