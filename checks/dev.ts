import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dir, "..");
/** Where a change asks for a new server. Vite follows what the page is made of. */
const watched = ["apps/server/src", "packages/protocol/src"];
/** An editor writes several files at a save; they are one change. */
const settleMs = 150;
const readyLine = "Maru is ready on ";

/**
 * Runs Maru for developers: Vite serves the page and changes it while it is open, the server stands behind it on a
 * port of its own and starts anew when one of its files changes.
 */
async function main(args: readonly string[]): Promise<number> {
  const { port, others } = takePort(args);
  const behind = await freePort();
  const page = `http://localhost:${port}`;
  const origins = process.env.MARU_ORIGIN || `${page},http://127.0.0.1:${port}`;
  const ending = Promise.withResolvers<null>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.resolve(null));
  let isEnding = false;
  ending.promise.then(() => {
    isEnding = true;
  });
  const vite = startVite(port, behind);
  vite.child.on("exit", () => ending.resolve(null));
  let changed = Promise.withResolvers<"changed">();
  let settling: Timer | undefined;
  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (!name || /\.test\.ts$|~$|\.sw.$/.test(name)) return;
      clearTimeout(settling);
      settling = setTimeout(() => changed.resolve("changed"), settleMs);
    });
  }

  for (let hasServed = false; ; ) {
    changed = Promise.withResolvers();
    const server = run(["apps/server/src/main.ts", "dev", ...others, "--port", `${behind}`], { MARU_ORIGIN: origins });
    const ended = once(server, "exit").then(([code]) => Number(code ?? (isEnding ? 0 : 1)));
    for (const stream of [server.stdout, server.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        if (!line.startsWith(readyLine)) return console.log(line);
        hasServed = true;
        void vite.listening.then(() => console.log(`${readyLine}${page}`));
      });
    }
    const why = await Promise.race([ended, ending.promise, changed.promise]);
    if (typeof why === "number") {
      // It could not start at all, or a change broke it: the next one may mend it.
      if (!hasServed) {
        vite.child.kill("SIGTERM");
        return why;
      }
      console.log("The server has ended. It starts again when a file changes.");
      if ((await Promise.race([ending.promise, changed.promise])) === "changed") continue;
    }
    if (server.exitCode === null) server.kill("SIGTERM");
    const exitCode = await ended;
    if (why === "changed" && !isEnding) continue;
    vite.child.kill("SIGTERM");
    return exitCode;
  }
}

/** In a group of its own, so that Ctrl-C reaches it once, by us, and it ends in order. */
function run(program: readonly string[], env: Record<string, string>, cwd?: string): ChildProcess {
  const options = { cwd, detached: true, env: { ...process.env, ...env } };
  const [file = "", ...args] = program;
  return spawn(process.execPath, ["--no-install", "--no-env-file", join(root, file), ...args], options);
}

function startVite(port: number, behind: number): { child: ChildProcess; listening: Promise<void> } {
  const env = { MARU_DEV_SERVER: `http://127.0.0.1:${behind}`, NO_COLOR: "1" };
  const address = ["--host", "127.0.0.1", "--port", `${port}`, "--strictPort"];
  const program = ["node_modules/vite/bin/vite.js", ...address, "--clearScreen", "false"];
  const child = run(program, env, join(root, "apps/web"));
  const listening = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface(stream).on("line", (line) => {
      if (line.includes("Local:")) listening.resolve();
      else if (/error|warn/i.test(line)) console.log(line);
    });
  }
  return { child, listening: listening.promise };
}

/** Takes the page's port out of the arguments; what is wrong with one is left for the server to say. */
function takePort(args: readonly string[]): { port: number; others: string[] } {
  const at = args.findIndex((arg) => arg === "--port" || arg.startsWith("--port="));
  const isApart = args[at] === "--port";
  const text = at < 0 ? process.env.MARU_PORT || "8080" : isApart ? args[at + 1] : args[at]?.slice("--port=".length);
  const port = Number(text);
  if (at < 0 || !Number.isInteger(port) || port < 1 || port > 65_535) return { port: port || 8080, others: [...args] };
  return { port, others: args.toSpliced(at, isApart ? 2 : 1) };
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  holder.close();
  await once(holder, "close");
  return typeof address === "object" && address ? address.port : 0;
}

process.exit(await main(process.argv.slice(2)));
