import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MiddlewareHandler } from "hono";

type StaticFile = {
  readonly path: string;
  readonly type: string;
  readonly isImmutable: boolean;
  /** What was last sent compressed, and of which version of the file it was made. */
  gzipped: { readonly etag: string; readonly bytes: Uint8Array<ArrayBuffer> } | null;
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
    // A file may have gone since the list was made, as when the app is built anew.
    return (found && (await serve(found, context.req.raw))) ?? next();
  };
}

function typeOf(path: string): string {
  if (path.endsWith(".webmanifest")) return "application/manifest+json";
  return Bun.file(path).type;
}

async function serve(file: StaticFile, request: Request): Promise<Response | null> {
  const body = Bun.file(file.path);
  if (!(await body.exists())) return null;
  // Weak, since the compressed form and the plain one share it.
  const etag = `W/"${body.size.toString(36)}-${body.lastModified.toString(36)}"`;
  const headers: Record<string, string> = {
    "content-type": file.type,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag,
  };
  if (compressible.test(file.type)) headers["vary"] = "accept-encoding";
  if (isKnown(etag, request.headers.get("if-none-match"))) return new Response(null, { status: 304, headers });
  if (!compressible.test(file.type) || !takesGzip(request.headers.get("accept-encoding"))) {
    headers["content-length"] = String(body.size);
    return new Response(body, { headers });
  }
  if (file.gzipped?.etag !== etag) file.gzipped = { etag, bytes: Bun.gzipSync(await body.bytes()) };
  headers["content-encoding"] = "gzip";
  // Said for HEAD, whose answer loses its body on the way.
  headers["content-length"] = String(file.gzipped.bytes.length);
  return new Response(file.gzipped.bytes, { headers });
}

/** Compares as RFC 9110 (13.1.2) wants: any of a list, weak or strong. */
function isKnown(etag: string, listed: string | null): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return (listed ?? "").split(",").some((tag) => bare(tag) === bare(etag) || tag.trim() === "*");
}

function takesGzip(accepted: string | null): boolean {
  return (accepted ?? "").split(",").some((part) => {
    const [coding, quality] = part.split(";").map((word) => word.trim());
    return coding === "gzip" && !/^q=0(\.0*)?$/.test(quality ?? "");
  });
}
