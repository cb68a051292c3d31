import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The product as an operator runs it: a process of its own, on a free port, with a data folder of its own. */
export type RunningServer = {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  stop(): Promise<void>;
};

const main = join(import.meta.dir, "../apps/server/src/main.ts");

/** Starts the server and waits until it says that it is ready; fails with its output when it stops before. */
export async function startProduct(
  options: { env?: Record<string, string>; args?: string[] } = {},
): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), "maru-e2e-"));
  const child = Bun.spawn([process.execPath, main, "serve", "--port", "0", "--data", data, ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
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
    const ready = /Maru is ready on (http:\/\/localhost:(\d+))/.exec(output);
    if (ready) {
      void (async () => {
        while (!(await reader.read()).done);
      })();
      return {
        url: ready[1] as string,
        port: Number(ready[2]),
        data,
        async stop() {
          child.kill("SIGTERM");
          await child.exited;
          await rm(data, { recursive: true, force: true });
        },
      };
    }
  }
}
