import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@maru/testkit";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../testing/spawn-server.ts";

setDefaultTimeout(60_000);

const servers: SpawnedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(options: Parameters<typeof spawnServer>[0] = {}) {
  const server = await spawnServer(options);
  servers.push(server);
  return server;
}

const wordsOf = (work: Promise<unknown>) =>
  work.then(
    () => "started",
    (error: Error) => error.message,
  );
const postmasterOf = async (data: string) =>
  Number((await readFile(join(data, "postgres/postmaster.pid"), "utf8")).split("\n")[0]);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a signal drains: clients are told to come back, the exit is orderly, nothing is left behind", async () => {
  const server = await start();
  const postgres = await postmasterOf(server.data);
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/realtime`);
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  // Whoever is at work on a request is answered before the port closes.
  const answers = Array.from({ length: 5 }, () => fetch(`${server.url}/readyz`).then(({ status }) => status));
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
  expect(await server.kill("SIGTERM")).toBe(0);
  expect(await closed).toBeGreaterThanOrEqual(1000);
  expect(server.output()).toContain("Stopping.");
  expect(server.output()).not.toContain("A step of the shut-down failed.");
  expect(isAlive(postgres)).toBe(false);
  expect(await wordsOf(fetch(`${server.url}/healthz`))).not.toBe("started");
});

test("a second signal ends it at once, however long the first would take; the next start has everything", async () => {
  const server = await start();
  const postgres = await postmasterOf(server.data);
  process.kill(postgres, "SIGSTOP");
  process.kill(server.pid, "SIGTERM");
  await eventually("it is stopping", () => server.output().includes("Stopping."));
  expect(await server.kill("SIGINT")).toBe(130);
  expect(isAlive(postgres)).toBe(true);
  process.kill(postgres, "SIGCONT");
  await server.restart();
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.kill("SIGINT")).toBe(0);
});

test("a second one on the same data is refused in words and leaves the first alone", async () => {
  const server = await start();
  const words = await wordsOf(start({ data: server.data }));
  expect(words).toContain(`Another Maru (process ${server.pid}) is running on the data folder ${server.data}.`);
  expect(words).toContain("ended with 1");
  expect(words).not.toContain("    at ");
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test("a taken port is said in words, and the data is free again", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const data = await mkdtemp(join(tmpdir(), "maru-taken-"));
  const words = await wordsOf(start({ data, args: ["--port", String(port)] }));
  expect(words).toContain(`Port ${port} is in use.`);
  expect(words).not.toContain("    at ");
  holder.close();
  expect(await wordsOf(start({ data }))).toBe("started");
  await servers.pop()?.stop();
  await rm(data, { recursive: true });
});

test("two on the same port: the second is told, and shares no visitor with the first", async () => {
  const server = await start();
  const words = await wordsOf(start({ args: ["--port", String(server.port)] }));
  expect(words).toContain(`Port ${server.port} is in use.`);
});

test("an address that is none, one that is not ours and a folder that cannot be are said in words", async () => {
  expect(await wordsOf(start({ args: ["--bind", "999.1.1.1"] }))).toContain("--bind must be an IP address");
  const foreign = await wordsOf(start({ args: ["--bind", "192.0.2.1"] }));
  expect(foreign).toContain("This machine has no address 192.0.2.1.");
  const folder = await wordsOf(start({ data: "/proc/nothing" }));
  expect(folder).toContain("The data folder /proc/nothing cannot be made");
  for (const words of [foreign, folder]) expect(words).not.toContain("    at ");
});

test("what Kubernetes sets for a Service of its name is skipped, and said once", async () => {
  const env = { MARU_PORT: "tcp://10.96.0.17:8080", MARU_SERVICE_HOST: "10.96.0.17", MARU_PORT_8080_TCP_PROTO: "tcp" };
  const server = await start({ env });
  const lines = server
    .output()
    .split("\n")
    .filter((line) => line.includes("Kubernetes"));
  expect(lines).toHaveLength(1);
  for (const name of Object.keys(env)) expect(lines[0]).toContain(name);
});

test("ready accounts are for this machine alone", async () => {
  const words = await wordsOf(start({ command: "dev", args: ["--bind", "0.0.0.0"] }));
  expect(words).toContain("listens on this machine only");
});

test("a database and a bus that are not there are said in words, without their passwords", async () => {
  const database = await wordsOf(start({ databaseUrl: "postgres://maru:hush@127.0.0.1:1/maru" }));
  expect(database).toContain("The database at 127.0.0.1:1 cannot be used: ");
  const test = await openTestDatabase();
  const bus = await wordsOf(start({ databaseUrl: test.url, busUrl: "redis://maru:hush@127.0.0.1:1" }));
  expect(bus).toContain("The bus at 127.0.0.1:1 cannot be used: ");
  for (const words of [database, bus]) expect(words).not.toMatch(/hush| {4}at /);
  await test.close();
});

test("the doctor looks beside a server that runs, and at one that does not", async () => {
  const server = await start();
  const doctor = async (env: Record<string, string> = {}) => {
    const words = [
      process.execPath,
      "--no-env-file",
      join(import.meta.dir, "../main.ts"),
      "doctor",
      "--data",
      server.data,
    ];
    const child = Bun.spawn(words, {
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { output, errors, code: await child.exited };
  };
  for (const state of ["runs", "stopped"]) {
    if (state === "stopped") await server.kill("SIGTERM");
    const { output, errors } = await doctor();
    expect([state, errors]).toEqual([state, ""]);
    for (const name of ["data folder", "database", "durability", "schema"]) expect(output).toContain(`✓ ${name}\n`);
  }
  const away = await doctor({ DATABASE_URL: "postgres://maru:hush@127.0.0.1:1/maru" });
  expect(away.output).toContain("✗ database: The database at 127.0.0.1:1 cannot be used");
  expect([away.errors, away.code > 0]).toEqual(["", true]);
});

test("a promise that nobody waits for is logged and ends nothing; a fault that nobody caught ends it in order", async () => {
  const script = `
    import { waitForShutdown } from ${JSON.stringify(join(import.meta.dir, "wait-for-shutdown.ts"))};
    import { createLog } from ${JSON.stringify(join(import.meta.dir, "../platform/log.ts"))};
    const end = waitForShutdown(createLog({ level: "info", write: (line) => console.log(line), now: () => 0 }));
    Promise.reject(new Error("one request"));
    setTimeout(() => { console.log("still here"); setTimeout(() => { throw new Error("half done"); }, 0); }, 10);
    const code = await end;
    console.log("in order");
    process.exit(code);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  const output = await child.stdout.text();
  expect(output).toMatch(
    /nobody waits for[^\n]*one request[\s\S]*still here[\s\S]*nobody caught[^\n]*half done[\s\S]*in order/,
  );
  expect(await child.exited).toBe(1);
});
