import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { testSecretKey, useTestSigningKeys } from "./signing-keys.ts";

export type SpawnServerOptions = {
  /** Data folder to use and to keep; without it a fresh one, removed at the end. */
  readonly data?: string;
  /** `url` of an `openTestDatabase()`; without it an embedded Postgres in the data folder. */
  readonly databaseUrl?: string;
  readonly busUrl?: string;
  /** More settings, by their environment names. */
  readonly env?: Readonly<Record<string, string>>;
  /** More words for the command line. */
  readonly args?: readonly string[];
  /** Words put before the program, which they have to become: a limit or a place to run it in. */
  readonly within?: readonly string[];
  /** Another tree of the product, and the Bun that it runs on; this one unless said. */
  readonly checkout?: { readonly root: string; readonly runtime: string };
  /** Word of the command line; `serve` unless said. */
  readonly command?: "serve" | "dev";
};

/** The product as an operator runs it: a process of its own. */
export type SpawnedServer = {
  /** Changes with each restart. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  /** What it has written so far, standard output and log together. */
  output(): string;
  /** Sends a signal and, unless it only freezes or wakes it, waits for the end; returns the exit code. */
  kill(signal: NodeJS.Signals): Promise<number>;
  /** Starts it again on the same data after an end; on a free port, which may be another one, unless one is named. */
  restart(port?: number): Promise<void>;
  /** Stops it in order, and its Postgres too if it was left behind; removes the data folder unless it was given. */
  stop(): Promise<void>;
};

const ownCheckout = { root: join(import.meta.dir, "../../../.."), runtime: process.execPath };
const children = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts the product in a process of its own and waits until it says that it is ready; throws what it said instead. */
export async function spawnServer(options: SpawnServerOptions = {}): Promise<SpawnedServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "maru-spawned-")));
  const shared = options.databaseUrl
    ? { MARU_SIGNING_KEYS: await useTestSigningKeys(), MARU_SECRET_KEY: testSecretKey }
    : {};
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: process.env["HOME"] ?? data,
    // As in the tests' own process: each person may have an address of their own.
    MARU_TRUST_PROXY: "yes",
    ...shared,
    ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
    ...(options.busUrl ? { BUS_URL: options.busUrl } : {}),
    ...options.env,
  };
  const words = [options.command ?? "serve", "--port", "0", "--data", data, ...(options.args ?? [])];
  const { root, runtime } = options.checkout ?? ownCheckout;
  const within = [...(options.within ?? []), runtime, "--no-env-file", join(root, "apps/server/src/main.ts")];
  let running = await run(words, env, within);

  return {
    get url() {
      return `http://localhost:${running.port}`;
    },
    get port() {
      return running.port;
    },
    get pid() {
      return running.child.pid;
    },
    data,
    output: () => running.output.text,
    async kill(signal) {
      running.child.kill(signal);
      return ["SIGSTOP", "SIGCONT"].includes(signal) ? 0 : running.child.exited;
    },
    async restart(port) {
      if (running.child.exitCode === null && running.child.signalCode === null) throw new Error("It still runs.");
      running = await run(port === undefined ? words : [...words, "--port", String(port)], env, within);
    },
    async stop() {
      running.child.kill("SIGCONT");
      running.child.kill("SIGTERM");
      await running.child.exited;
      await stopLeftBehind(data);
      if (!options.data) await rm(data, { recursive: true, force: true });
    },
  };
}

type Running = { readonly child: Subprocess; readonly port: number; readonly output: { text: string } };

async function run(words: readonly string[], env: Record<string, string>, within: readonly string[]): Promise<Running> {
  const child = Bun.spawn([...within, ...words], {
    env,
    stdout: "pipe",
    stderr: "pipe",
  });
  children.add(child);
  const output = { text: "" };
  const port = await new Promise<number | null>((resolve) => {
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder();
      for await (const part of stream) {
        output.text += decoder.decode(part, { stream: true });
        const ready = /Maru is ready on http:\/\/\S+:(\d+)/.exec(output.text);
        if (ready) resolve(Number(ready[1]));
      }
    };
    void Promise.all([read(child.stdout), read(child.stderr), child.exited]).then(() => {
      children.delete(child);
      resolve(null);
    });
  });
  if (port === null)
    throw new Error(`The server ended with ${await child.exited} before it was ready.\n${output.text}`);
  return { child, port, output };
}

/** Stops the Postgres that a killed server left running in a data folder. */
async function stopLeftBehind(data: string): Promise<void> {
  const lines = await readFile(join(data, "postgres/postmaster.pid"), "utf8").then(
    (text) => text.split("\n"),
    () => [],
  );
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, "SIGQUIT");
    for (;;) {
      process.kill(pid, 0);
      await Bun.sleep(10);
    }
  } catch {
    // It is gone.
  }
}
