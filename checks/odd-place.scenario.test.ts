import { afterAll, expect, test } from "bun:test";
import { cpSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSourceTree } from "./source-tree.ts";

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "maru-place-"));
/** Whatever a person may call a folder, except what is refused in words: by `./maru`, and by the embedded Postgres. */
const place = join(folder, `마루 #1 100% a%20b %zz 'one' {y} [z] (w) & !é`);
let server: Bun.Subprocess<"ignore", "pipe", "inherit"> | null = null;
afterAll(async () => {
  server?.kill("SIGTERM");
  await server?.exited;
  rmSync(folder, { recursive: true, force: true });
});

test("a checkout builds, starts and tests wherever it lies", async () => {
  await copyCheckout();
  expect(await maru("build")).toContain("Everything is built.");

  server = Bun.spawn([join(place, "maru"), "up", "--port", "0"], { cwd: folder, stdout: "pipe", stderr: "inherit" });
  const url = await readUrl(server.stdout);
  const page = await (await fetch(url)).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? "none";
  expect((await fetch(`${url}${script}`)).headers.get("content-type")).toContain("javascript");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/terms`)).status).toBe(200);
  server.kill("SIGTERM");
  expect(await server.exited).toBe(0);

  expect(await maru("test", "checks/rules/tools.test.ts", "packages/ui/src/contrast")).toContain(" 0 failed");
}, 180_000);

/** The sources and packages as links, so that it takes no room and little time. */
async function copyCheckout(): Promise<void> {
  mkdirSync(place);
  for (const file of (await readSourceTree(root)).files) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    take(join(root, file), join(place, file));
  }
  const linked = Bun.spawnSync(["cp", "-al", join(root, "node_modules"), place], { stderr: "ignore" });
  if (linked.exitCode !== 0)
    cpSync(join(root, "node_modules"), join(place, "node_modules"), { recursive: true, verbatimSymlinks: true });
  Bun.spawnSync(["git", "init", "-q"], { cwd: place });
}

function take(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}

/** Runs it from another folder, and returns what it said. */
async function maru(...words: string[]): Promise<string> {
  const run = Bun.spawn([join(place, "maru"), ...words], { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  return stdout + stderr;
}

async function readUrl(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  for await (const part of stream) {
    said += decoder.decode(part, { stream: true });
    const url = /Maru is ready on (\S+)\n/.exec(said)?.[1];
    if (url) return url;
  }
  throw new Error(`It ended before it was ready.\n${said}`);
}
