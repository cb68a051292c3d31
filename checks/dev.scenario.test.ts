import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const data = await mkdtemp(join(tmpdir(), "maru-dev-"));
let program: Bun.Subprocess<"ignore", "pipe", "inherit"> | null = null;
afterAll(async () => {
  program?.kill("SIGINT");
  await program?.exited;
  await rm(data, { recursive: true, force: true });
});

test("one address has the page and the API; a changed file starts the server anew; a signal ends everything", async () => {
  const port = await freePort();
  program = Bun.spawn(
    [process.execPath, "--no-env-file", join(root, "checks/dev.ts"), "--port", `${port}`, "--data", data],
    { cwd: data, stdout: "pipe", stderr: "inherit" },
  );
  const words = readWords(program.stdout);
  const ready = `Maru is ready on http://localhost:${port}`;
  await words.waitFor(ready, 1);

  const get = async (path: string) => await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  expect(await get("/log-in")).toContain("/@vite/client");
  expect(await get("/api/openapi.json")).toContain("/api/auth/sign-in");
  const [, email, password] = /^Ready account: (\S+) \/ (\S+)$/m.exec(words.sofar()) ?? [];
  const signedIn = await fetch(`http://127.0.0.1:${port}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-maru-request": "1", origin: `http://localhost:${port}` },
    body: JSON.stringify({ email, password }),
  });
  expect(signedIn.status).toBe(200);

  const now = new Date();
  await utimes(join(root, "apps/server/src/main.ts"), now, now);
  await words.waitFor(ready, 2);
  expect(await get("/healthz")).toContain("ok");

  program.kill("SIGINT");
  expect(await program.exited).toBe(0);
  expect(await fetch(`http://127.0.0.1:${port}/`).catch(() => "nobody")).toBe("nobody");
}, 60_000);

/** What a program says, and a way to wait until it has said something so many times. */
function readWords(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let sofar = "";
  const heard = new Set<() => void>();
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      sofar += decoder.decode(chunk, { stream: true });
      for (const hear of heard) hear();
    }
  })();
  const waitFor = (text: string, times: number) =>
    new Promise<void>((resolve) => {
      const hear = () => {
        if (sofar.split(text).length <= times) return;
        heard.delete(hear);
        resolve();
      };
      heard.add(hear);
      hear();
    });
  return { sofar: () => sofar, waitFor };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const holder = createServer().listen(0, "127.0.0.1", () => {
      const address = holder.address();
      holder.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
