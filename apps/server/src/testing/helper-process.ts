import { createServer } from "node:net";
import { requires } from "@maru/testkit";
import type { Subprocess } from "bun";

/** A program before or between the nodes: a process of its own on a port that stays its own over restarts. */
export type HelperProcess = {
  readonly port: number;
  readonly pid: number;
  /** Ends it at once, as a machine that lost its power. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

const children = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts a real NATS server on a free port. */
export function startNats(): Promise<HelperProcess> {
  return startProcess((port) => [requires("nats-server").path, "-a", "127.0.0.1", "-p", String(port)]);
}

/** Starts a real Redis on a free port, keeping nothing. */
export function startRedis(): Promise<HelperProcess> {
  const words = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"];
  return startProcess((port) => [requires("redis-server").path, "--port", String(port), ...words]);
}

/** Starts a program whose words depend on a free port, and waits until it listens there. */
export async function startProcess(
  wordsFor: (port: number) => readonly string[] | Promise<readonly string[]>,
): Promise<HelperProcess> {
  const port = await findFreePort();
  const words = await wordsFor(port);
  let child: Subprocess | null = null;
  const helper = {
    port,
    get pid() {
      return child?.pid ?? 0;
    },
    async start() {
      const started = Bun.spawn([...words], { stdout: "ignore", stderr: "ignore" });
      child = started;
      children.add(started);
      void started.exited.then(() => children.delete(started));
      while (!(await listens(port))) {
        if (started.exitCode !== null) throw new Error(`${words[0]} ended with ${started.exitCode}.`);
        await Bun.sleep(10);
      }
    },
    async kill() {
      child?.kill("SIGKILL");
      await child?.exited;
    },
    async stop() {
      child?.kill("SIGTERM");
      await child?.exited;
    },
  };
  await helper.start();
  return helper;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function listens(port: number): Promise<boolean> {
  return Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).then(
    (socket) => {
      socket.end();
      return true;
    },
    () => false,
  );
}
