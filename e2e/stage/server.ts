import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillWithFirstStart } from "./data-template.ts";

/** The product as an operator runs it: a process of its own, on a free port, with a data folder of its own. */
export type RunningServer = {
  readonly url: string;
  readonly port: number;
  /** Ends the process in order; the data stays. */
  halt(): Promise<void>;
  /** Starts it again on the same port and data after a halt. */
  resume(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
};

export type ProductOptions = { readonly env?: Readonly<Record<string, string>>; readonly args?: readonly string[] };

const main = join(import.meta.dir, "../../apps/server/src/main.ts");

/** Starts the server and waits until it says that it is ready; fails with its output when it stops before. */
export async function startProduct(options: ProductOptions = {}): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), "maru-e2e-"));
  await fillWithFirstStart(data, async (folder) => end(await run(0, folder, {})));
  let running = await run(0, data, options);
  const { port } = running;
  const halt = () => end(running);
  return {
    url: `http://localhost:${port}`,
    port,
    halt,
    async resume() {
      running = await run(port, data, options);
    },
    async stop() {
      await halt();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function end({ child }: Awaited<ReturnType<typeof run>>): Promise<void> {
  child.kill("SIGTERM");
  await child.exited;
}

async function run(port: number, data: string, { env = {}, args = [] }: ProductOptions) {
  const words = ["serve", "--port", String(port), "--data", data, ...args];
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = new Response(child.stderr).text();
  let output = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The server stopped before it was ready.\n${output}\n${await errors}`);
    output += value;
    const ready = /Maru is ready on http:\/\/[^:\s]+:(\d+)/.exec(output);
    if (!ready) continue;
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return { child, port: Number(ready[1]) };
  }
}
