import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { silentLog } from "../log.ts";
import { createHttpApp } from "./app.ts";
import { createClientReader } from "./client-address.ts";
import { type Listener, listen } from "./listener.ts";
import { staticFiles } from "./static-files.ts";

let home: string;
let root: string;
let server: Listener;
const page = `<!doctype html>${"<p>마루</p>".repeat(200)}`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "maru-static-"));
  root = join(home, "dist");
  await mkdir(join(root, "assets"), { recursive: true });
  await writeFile(join(home, "secret.txt"), "hush");
  await writeFile(join(root, "index.html"), page);
  await writeFile(join(root, "app.webmanifest"), "{}");
  await writeFile(join(root, "assets/app-0a1b2c3d.js"), "console.log(1);".repeat(100));
  await writeFile(join(root, "assets/photo-0a1b2c3d.png"), new Uint8Array(2_000));
  const app = createHttpApp({ log: silentLog, newId: () => "id" });
  app.get("/api/x", (context) => context.text("api"));
  app.use(await staticFiles(root, (path) => !path.startsWith("/api") && !/\.\w+$/.test(path)));
  const websocket = { message() {} };
  server = listen<unknown>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => app.fetch(request),
    websocket,
    clients: createClientReader(0),
  });
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

const plain = { "accept-encoding": "identity" };
const ask = (path: string, headers: Record<string, string> = plain, method = "GET") =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { headers, method });

test("hashed files are kept for ever, the rest is checked each time", async () => {
  const [script, first, manifest] = await Promise.all([
    ask("/assets/app-0a1b2c3d.js"),
    ask("/"),
    ask("/app.webmanifest"),
  ]);
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script.headers.get("content-type")).toContain("javascript");
  expect(first.headers.get("cache-control")).toBe("no-cache");
  expect(await first.text()).toBe(page);
  expect(manifest.headers.get("content-type")).toBe("application/manifest+json");
});

test("a place inside the app is its first page; a missing file, a part of the API and a write are not", async () => {
  expect(await (await ask("/rooms/room_1")).text()).toBe(page);
  expect(await (await ask("/api/x")).text()).toBe("api");
  expect((await ask("/assets/app-99999999.js")).status).toBe(404);
  expect((await ask("/api/nothing")).status).toBe(404);
  expect((await ask("/rooms/room_1", plain, "POST")).status).toBe(404);
});

test("no address leads out of the folder", async () => {
  const ways = [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "//secret.txt",
    "/..%5csecret.txt",
  ];
  for (const way of ways) {
    const raw = await askRaw(way);
    expect([way, raw.includes("hush")]).toEqual([way, false]);
    expect(raw).toContain("HTTP/1.1 404");
  }
});

/** Without the tidying that `fetch` does to an address. */
async function askRaw(path: string): Promise<string> {
  let text = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: {
      open: (socket) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      data: (_, part) => {
        text += part.toString();
      },
      close: () => resolve(),
    },
  });
  await promise;
  return text;
}

test("text is compressed for who takes it, and a picture for nobody", async () => {
  const zipped = await ask("/", { "accept-encoding": "br, gzip;q=0.5" });
  expect([zipped.headers.get("content-encoding"), zipped.headers.get("vary")]).toEqual(["gzip", "accept-encoding"]);
  expect(await zipped.text()).toBe(page);
  for (const accepted of ["identity", "gzip;q=0", "br"]) {
    const answer = await ask("/", { "accept-encoding": accepted });
    expect([answer.headers.get("content-encoding"), answer.headers.get("vary")]).toEqual([null, "accept-encoding"]);
  }
  expect(
    (await ask("/assets/photo-0a1b2c3d.png", { "accept-encoding": "gzip" })).headers.get("content-encoding"),
  ).toBeNull();
});

test("HEAD says what GET would, without the body", async () => {
  for (const headers of [plain, { "accept-encoding": "gzip" }]) {
    const [got, head] = await Promise.all([ask("/", headers), ask("/", headers, "HEAD")]);
    expect(head.status).toBe(200);
    for (const name of ["content-type", "cache-control", "etag", "content-encoding", "content-length"]) {
      expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)]);
    }
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    expect(await head.text()).toBe("");
  }
});

test("who has it already is told so: by its tag, weak, strong or in a list", async () => {
  const tag = (await ask("/")).headers.get("etag") ?? "";
  for (const known of [tag, tag.replace("W/", ""), `"other", ${tag}`, "*"]) {
    const answer = await ask("/", { ...plain, "if-none-match": known });
    expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([304, tag, ""]);
  }
  expect((await ask("/", { ...plain, "if-none-match": '"other"' })).status).toBe(200);
});

test("a file that changed is sent as it is now, compressed too; one that has gone is not there", async () => {
  const path = join(root, "app.webmanifest");
  const gzip = { "accept-encoding": "gzip" };
  await ask("/app.webmanifest", gzip);
  await writeFile(path, '{"name":"new"}');
  await utimes(path, new Date(), new Date(Date.now() + 5_000));
  expect(await (await ask("/app.webmanifest", gzip)).text()).toBe('{"name":"new"}');
  await rm(path);
  expect((await ask("/app.webmanifest", gzip)).status).toBe(404);
});
