import { join } from "node:path";
import type { AccountLimits, Limits } from "@maru/protocol";
import { type Checkout, thisCheckout } from "./against/checkout.ts";
import { endWithUs, listTree, readCommandLine, readCpuMs, readUsage, stopProcess, type Usage } from "./processes.ts";

/** Limits of either kind, by their names. */
export type RaisedLimits = Partial<Limits & AccountLimits>;

export type ProductOptions = {
  readonly data: string;
  /** Limits that a hundred accounts would hit long before the server does. */
  readonly limits?: RaisedLimits;
  /** Folder for a CPU profile of the server, written when it stops. */
  readonly profile?: string | undefined;
  /** A free one unless said. */
  readonly port?: number;
  /** More settings, by their environment names. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that the server loads before its own code. */
  readonly preload?: readonly string[];
  /** File for what the server says. */
  readonly log?: string;
  /** The tree whose server is started; this one unless said. */
  readonly checkout?: Checkout;
};

/** A Maru as `./maru up` starts it: one process and its embedded Postgres, on a free port of loopback. */
export class Product {
  private constructor(
    readonly child: Bun.Subprocess,
    readonly port: number,
    /** From the start of the process to the line that says it is ready. */
    readonly readyMs: number,
  ) {}

  static async start(options: ProductOptions): Promise<Product> {
    const { data, limits = {}, profile, port: wantedPort = 0, env = {}, log = `${data}.log` } = options;
    const { root, runtime } = options.checkout ?? thisCheckout;
    const server = join(root, "apps/server/src/main.ts");
    const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
    const modules = [join(root, "bench/raised-limits.ts"), ...(options.preload ?? [])];
    const words = [
      "--no-install",
      "--no-env-file",
      ...profiling,
      ...modules.flatMap((module) => ["--preload", module]),
      server,
      "serve",
      "--port",
      String(wantedPort),
      "--data",
      data,
    ];
    const startedAt = performance.now();
    const child = endWithUs(
      Bun.spawn([runtime, ...words], {
        cwd: root,
        stdout: "pipe",
        stderr: Bun.file(log),
        env: {
          PATH: process.env["PATH"],
          HOME: process.env["HOME"],
          MARU_LOG: "warn",
          BENCH_LIMITS: JSON.stringify(limits),
          ...env,
        },
      }),
    );
    const port = await readPort(child.stdout);
    if (port === null) {
      throw new Error(`the server ended with ${await child.exited}:\n${(await Bun.file(log).text()).slice(-4_000)}`);
    }
    return new Product(child, port, performance.now() - startedAt);
  }

  /** CPU time of the server process alone, in ms. */
  get serverCpuMs(): number {
    return readCpuMs(this.child.pid);
  }

  /** What server and database use together. */
  usage(): Usage {
    return readUsage(listTree([this.child.pid]));
  }

  /** What the running Postgres was told about keeping what it has committed. */
  describeDurability(): string {
    const wanted = /^(fsync|synchronous_commit|full_page_writes)=/;
    const words = listTree([this.child.pid]).flatMap((pid) => readCommandLine(pid));
    return [...new Set(words.filter((word) => wanted.test(word)))].join(", ");
  }

  /** Memory of the server process alone. */
  get serverPssBytes(): number {
    return readUsage([this.child.pid]).pssBytes;
  }

  stop(): Promise<void> {
    return stopProcess(this.child, 40_000);
  }
}

/** Reads until the server says where it is ready; null when it ends first. Goes on reading, so that it is never held up. */
async function readPort(stream: ReadableStream<Uint8Array>): Promise<number | null> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return null;
    text += decoder.decode(value, { stream: true });
    const port = /Maru is ready on http:\/\/[^:\s]+:(\d+)/.exec(text)?.[1];
    if (port !== undefined) {
      void discard(reader);
      return Number(port);
    }
  }
}

async function discard(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}
