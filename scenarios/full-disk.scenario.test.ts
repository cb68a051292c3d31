import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { eventually, requires } from "@maru/testkit";
import { newRawPerson, type RawSocket } from "./raw-person.ts";
import { SmallDisk } from "./small-disk.ts";

setDefaultTimeout(120_000);

const mounts = requires("private-mounts");

/** Between two looks at readiness: probes have a limit too. */
const probeMs = 100;

mounts.describe("a disk of one's own", () => {
  let disk: SmallDisk;
  let socket: RawSocket;
  let roomId: string;
  beforeAll(async () => {
    disk = await SmallDisk.mount(mounts.path);
    const { url } = disk.server;
    const [alice, bob] = [await newRawPerson(url), await newRawPerson(url)];
    socket = await alice.connect(url);
    roomId = (await socket.expectOk("direct.open", { nickname: bob.nickname })).room.id;
  });
  afterEach(async () => {
    disk.free();
    await disk.setReadOnly(false);
    await eventually("readiness is green", () => disk.isReady(), 60_000, probeMs);
  });
  afterAll(async () => {
    socket.close();
    await disk.stop();
  });

  /** Sends and tells what came of it, and how long that took in ms. */
  async function send(text = "안녕") {
    const startedAt = performance.now();
    const reply = await socket.ask("message.send", { roomId, clientMessageId: crypto.randomUUID(), text });
    return { ...reply, tookMs: performance.now() - startedAt };
  }

  /** Sends until the first one is refused: the database may have room in files that it has already. */
  async function sendUntilRefused() {
    for (;;) {
      const sentAt = performance.now();
      const { err, tookMs } = await send("가".repeat(2_000));
      if (err) return { err, tookMs, sentAt };
    }
  }

  async function expectTrouble(reason: string, before: { said: number; healed: number }) {
    const first = await sendUntilRefused();
    expect(first.err).toMatchObject({ code: "server.unavailable", temporary: true });
    await eventually("readiness is red", async () => !(await disk.isReady()), 5_000, probeMs);
    const said = disk.linesWith("The database cannot store anything.");
    // The write failed after it was sent: from there it is longer than from the failure.
    expect(performance.now() - first.sentAt).toBeLessThan(2_000);
    for (let n = 0; n < 5; n++) {
      const { err, tookMs } = await send();
      expect([err?.code, tookMs < 500]).toEqual(["server.unavailable", true]);
    }
    expect((await fetch(`${disk.server.url}/healthz`)).status).toBe(200);
    expect(said).toHaveLength(before.said + 1);
    expect(said.at(-1)).toContain(reason);
    return first;
  }

  async function expectHealed(before: { said: number; healed: number }) {
    await eventually("readiness is green", () => disk.isReady(), 60_000, probeMs);
    expect((await send()).err).toBeUndefined();
    expect(disk.linesWith("The database can store again.")).toHaveLength(before.healed + 1);
  }

  /** The warnings and errors that were logged after the first `offset` characters. */
  function troublesSince(offset: number): unknown[] {
    const lines = disk.server.output().slice(offset).trim().split("\n");
    return lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "warn" || level === "error");
  }

  const now = () => ({
    said: disk.linesWith("The database cannot store anything.").length,
    healed: disk.linesWith("The database can store again.").length,
  });

  test("that is full: refused at once, seen within 2 s, said once, and healed by itself", async () => {
    const before = now();
    disk.fill();
    const logged = disk.server.output().length;
    const { tookMs } = await expectTrouble("the disk is full", before);
    expect(tookMs).toBeLessThan(2_000);
    expect(troublesSince(logged)).toHaveLength(1);
    disk.free();
    await expectHealed(before);
  });

  test("that is so full that Postgres itself stops: the same", async () => {
    const before = now();
    disk.fill();
    // The next segment of its log finds no room, and without its log it goes no further.
    await disk.postgres`select pg_switch_wal()`.catch(() => {});
    await expectTrouble("the disk is full", before);
    expect(readFileSync(disk.inside("postgres.log"), "utf8")).toContain("PANIC:  could not write to file");
    disk.free();
    await expectHealed(before);
  });

  test("a database that is read-only: the same", async () => {
    const before = now();
    await disk.setReadOnly(true);
    const logged = disk.server.output().length;
    const { tookMs } = await expectTrouble("the database is read-only", before);
    expect(tookMs).toBeLessThan(2_000);
    // What the node does by itself meets it too, at its own time, and adds no line for the operator.
    for (const task of ["Pairing failed", "The node could not say that it lives"])
      await eventually(task, () => disk.linesWith(task).length > 0, 20_000);
    expect(troublesSince(logged)).toHaveLength(1);
    await disk.setReadOnly(false);
    await expectHealed(before);
  });
});
