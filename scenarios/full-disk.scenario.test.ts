import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, requires } from "@maru/testkit";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { newRawPerson, type RawSocket } from "./raw-person.ts";

setDefaultTimeout(120_000);

const mounts = requires("private-mounts");

/** Between two looks at readiness: probes have a limit too. */
const probeMs = 100;

mounts.describe("a disk of one's own", () => {
  let folder: string;
  let server: SpawnedServer;
  let socket: RawSocket;
  let roomId: string;
  let postgres: Bun.SQL;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "maru-disk-"));
    const script = `mount -t tmpfs -o size=160m none '${folder}' && mkdir '${folder}/data' && exec "$@"`;
    const within = [mounts.path, "--mount", "sh", "-c", script, "sh"];
    server = await spawnServer({ data: join(folder, "data"), within });
    const [alice, bob] = [await newRawPerson(server.url), await newRawPerson(server.url)];
    socket = await alice.connect(server.url);
    roomId = (await socket.expectOk("direct.open", { nickname: bob.nickname })).room.id;
    const words = readFileSync(inside("postgres/postmaster.pid"), "utf8").split("\n");
    const path = join(words[4] ?? "", `.s.PGSQL.${words[3]}`);
    postgres = new Bun.SQL({ path, username: "maru", database: "postgres", adapter: "postgres", max: 1 });
  });
  afterEach(freeDisk);
  afterAll(async () => {
    socket.close();
    await postgres.close({ timeout: 0 });
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A file of the server's own disk, which no other process sees. */
  const inside = (name: string) => join(`/proc/${server.pid}/root`, server.data, name);

  function fillDisk(): void {
    const file = openSync(inside("fill"), "w");
    try {
      for (let bytes = 1_048_576; bytes >= 1; ) {
        try {
          // Zero bytes written are as good as a refusal.
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes >>= 1;
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
          bytes >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  function freeDisk(): void {
    rmSync(inside("fill"), { force: true });
  }
  const readiness = () => fetch(`${server.url}/readyz`).then(({ status }) => status);
  const linesWith = (words: string) =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes(words));

  /** Sends and tells what came of it, and how long that took in ms. */
  async function send(text = "안녕") {
    const startedAt = performance.now();
    const reply = await socket.ask("message.send", { roomId, clientMessageId: crypto.randomUUID(), text });
    return { ...reply, tookMs: performance.now() - startedAt };
  }

  /** Sends until the first one is refused: the database may have room in files that it has already. */
  async function sendUntilRefused() {
    for (;;) {
      const { err, tookMs } = await send("가".repeat(2_000));
      if (err) return { err, tookMs };
    }
  }

  async function expectTrouble(reason: string, before: { said: number; healed: number }) {
    const first = await sendUntilRefused();
    const refusedAt = performance.now();
    expect(first.err).toMatchObject({ code: "server.unavailable", temporary: true });
    await eventually("readiness is red", async () => (await readiness()) === 503, 5_000, probeMs);
    expect(performance.now() - refusedAt).toBeLessThan(2_000);
    for (let n = 0; n < 5; n++) {
      const { err, tookMs } = await send();
      expect([err?.code, tookMs < 500]).toEqual(["server.unavailable", true]);
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const said = linesWith("The database cannot store anything.");
    expect(said).toHaveLength(before.said + 1);
    expect(said.at(-1)).toContain(reason);
    return first;
  }

  async function expectHealed(before: { said: number; healed: number }) {
    await eventually("readiness is green", async () => (await readiness()) === 200, 60_000, probeMs);
    expect((await send()).err).toBeUndefined();
    expect(linesWith("The database can store again.")).toHaveLength(before.healed + 1);
  }

  const now = () => ({
    said: linesWith("The database cannot store anything.").length,
    healed: linesWith("The database can store again.").length,
  });

  test("that is full: refused at once, seen within 2 s, said once, and healed by itself", async () => {
    const before = now();
    fillDisk();
    const logged = server.output().length;
    const { tookMs } = await expectTrouble("the disk is full", before);
    expect(tookMs).toBeLessThan(2_000);
    // One line in all, whoever else meant to write meanwhile.
    const lines = server.output().slice(logged).trim().split("\n");
    expect(lines.filter((line) => /"level":"(warn|error)"/.test(line))).toHaveLength(1);
    freeDisk();
    await expectHealed(before);
  });

  test("that is so full that Postgres itself stops: the same", async () => {
    const before = now();
    fillDisk();
    // The next segment of its log finds no room, and without its log it goes no further.
    await postgres`select pg_switch_wal()`.catch(() => {});
    await expectTrouble("the disk is full", before);
    expect(readFileSync(inside("postgres.log"), "utf8")).toContain("PANIC:  could not write to file");
    freeDisk();
    await expectHealed(before);
  });

  test("a database that is read-only: the same", async () => {
    const before = now();
    await postgres`alter system set default_transaction_read_only = on`;
    await postgres`select pg_reload_conf()`;
    const { tookMs } = await expectTrouble("the database is read-only", before);
    expect(tookMs).toBeLessThan(2_000);
    await postgres`alter system reset default_transaction_read_only`;
    await postgres`select pg_reload_conf()`;
    await expectHealed(before);
  });
});
