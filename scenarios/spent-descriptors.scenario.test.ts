import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { eventually, requires } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { newRawPerson, type RawSocket } from "./raw-person.ts";

setDefaultTimeout(120_000);

const prlimit = requires("prlimit");
const limit = 200;

prlimit.describe("with few descriptors", () => {
  let database: TestDatabase;
  let server: SpawnedServer;
  let alice: RawSocket;
  let bob: RawSocket;
  let roomId: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    server = await spawnServer({ databaseUrl: database.url, within: [prlimit.path, `--nofile=${limit}`] });
    const people = [await newRawPerson(server.url), await newRawPerson(server.url)] as const;
    alice = await people[0].connect(server.url);
    bob = await people[1].connect(server.url);
    roomId = (await alice.expectOk("direct.open", { nickname: people[1].nickname })).room.id;
  });
  afterAll(async () => {
    for (const socket of [alice, bob]) socket.close();
    await server.stop();
    await database.close();
  });

  const linesWith = (words: string) =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes(words));
  /** Whether it is ready as a balancer sees it: a refused connection is a no, too. */
  const isReady = () =>
    fetch(`${server.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  const send = () => alice.expectOk("message.send", { roomId, clientMessageId: crypto.randomUUID(), text: "안녕" });

  /** The processor time of the server so far, in ms. */
  function processorMs(): number {
    const words = readFileSync(`/proc/${server.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(words[11]) + Number(words[12])) * 10;
  }

  test("those who are in go on, it is seen within 2 s and said once, costs next to nothing, and heals by itself", async () => {
    expect(await isReady()).toBe(true);
    const crowd: Socket[] = [];
    let isOver = false;
    // Each comes back when it is sent away, as people do.
    const come = () => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write("GET /api/legal HTTP/1.1\r\nHost: a\r\n"));
      socket.on("error", () => {});
      socket.on("close", () => {
        crowd.splice(crowd.indexOf(socket), 1);
        if (!isOver) setTimeout(come, 200);
      });
      crowd.push(socket);
    };
    const startedAt = performance.now();
    const usedBefore = processorMs();
    for (let n = 0; n < limit * 2; n++) come();
    await eventually("it says so", () => linesWith("No descriptors are left").length === 1, 10_000);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await isReady()).toBe(false);
    // Alice and Bob notice nothing.
    await send();
    await bob.expectOk("connection.beat", {});
    await eventually("three seconds are over", () => performance.now() - startedAt > 3_000, 10_000);
    expect(processorMs() - usedBefore).toBeLessThan(1_200);
    expect(await isReady()).toBe(false);

    isOver = true;
    for (const socket of [...crowd]) socket.destroy();
    await eventually("it is ready again", isReady, 30_000);
    expect(linesWith("No descriptors are left")).toHaveLength(1);
    expect(linesWith("There are descriptors again.")).toHaveLength(1);
    await send();
  });
});
