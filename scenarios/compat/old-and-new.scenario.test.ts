import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createClient } from "@maru/client";
import { fromWireId } from "@maru/protocol";
import { requires } from "@maru/testkit";
import { type HelperProcess, startNats } from "../../apps/server/src/testing/helper-process.ts";
import { openTestDatabase, type TestDatabase } from "../../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../../apps/server/src/testing/spawn-server.ts";
import { buildMs, loadClient, openReference, type Reference } from "./reference.ts";
import { enter, hears, meet, tellStory, untilOnline } from "./story.ts";

/**
 * Cases of the commit before that ask more than version 1 promises: this one compares the names of limits one by one, and more
 * may be added.
 */
const outgrownCases = ["commands.connect-reply"];

/** The commit before and this one: clients that are older or newer than their server, and nodes that are updated one by one. */
requires("reference-commit").describe("old and new together", () => {
  let reference: Reference;
  let createOldClient: typeof createClient;
  let database: TestDatabase;
  let nats: HelperProcess;
  let oldNode: SpawnedServer;
  let newNode: SpawnedServer;

  beforeAll(async () => {
    reference = await openReference();
    createOldClient = await loadClient(reference);
    [database, nats] = await Promise.all([openTestDatabase({ isEmpty: true }), startNats()]);
    const shared = { databaseUrl: database.url, busUrl: `nats://127.0.0.1:${nats.port}` };
    // As in an update: the old one is there and serves, the new one comes beside it and brings the schema up to date.
    oldNode = await spawnServer({ ...shared, checkout: reference });
    newNode = await spawnServer(shared);
  }, buildMs);
  afterAll(async () => {
    await Promise.all([oldNode?.stop(), newNode?.stop()]);
    await nats?.stop();
    await database?.close();
  });

  const pairs = [
    ["the SDK of the commit before on the new server", "old", "new", "new"],
    ["the SDK of today on the server of the commit before", "new", "old", "old"],
    ["old and new SDKs on old and new nodes, crosswise", "old", "new", "old"],
  ] as const;
  const sideOf = (sdk: "old" | "new", node: "old" | "new") => ({
    createClient: sdk === "old" ? createOldClient : createClient,
    port: (node === "old" ? oldNode : newNode).port,
  });

  for (const [title, sdk, ownNode, otherNode] of pairs) {
    test(`${title}: people meet, talk, edit, read and come back`, async () => {
      const one = await enter(sideOf(sdk, ownNode));
      const two = await enter(ownNode === otherNode ? sideOf(sdk, otherNode) : sideOf("new", otherNode));
      await tellStory(one, two);
      await Promise.all([one.stop(), two.stop()]);
    }, 90_000);
  }

  test("the conformance suite of the commit before finds nothing in the new server", async () => {
    const words = ["--no-env-file", join(reference.root, "conformance/main.ts"), "--url", newNode.url];
    const run = Bun.spawn([reference.runtime, ...words], { stdout: "pipe", stderr: "pipe" });
    const told = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
    const lines = told.join("\n").split("\n");
    const failed = lines.flatMap((line) => /^✗ (\S+)/.exec(line)?.[1] ?? []);
    expect(failed).toEqual(outgrownCases);
    expect(lines.find((line) => line.startsWith("The server"))).toMatch(
      new RegExp(`: 1\\d\\d of \\d+ cases passed, ${outgrownCases.length} failed`),
    );
    expect(await run.exited).toBe(outgrownCases.length === 0 ? 0 : 1);
  }, 240_000);

  test("the old node is killed in the middle of a talk, and nothing is lost or doubled", async () => {
    const [one, two] = [await enter(sideOf("old", "old")), await enter(sideOf("new", "new"))];
    await meet(one, two);
    const { id: roomId } = await one.maru.rooms.openDirect(two.nickname);
    const said = Array.from({ length: 40 }, (_, i) => `${i}`);
    for (const text of said.slice(0, 20)) one.maru.rooms.send(roomId, text);
    await hears(two, roomId, "3");
    await oldNode.kill("SIGKILL");
    for (const text of said.slice(20)) one.maru.rooms.send(roomId, text);
    // As a balancer does: who comes back is led to the node that is there.
    one.line.targetPort = newNode.port;
    await untilOnline(one.maru);
    await hears(two, roomId, "39");
    two.maru.rooms.send(roomId, "다 왔어요");
    await hears(one, roomId, "다 왔어요");
    for (const person of [one, two]) expect(person.texts(roomId)).toEqual([...said, "다 왔어요"]);
    const rows: { text: string }[] = await database.db.sql`
      select text from rooms_messages where room_id = ${fromWireId(roomId)} and kind = 'text' order by seq`;
    expect(rows.map(({ text }) => text)).toEqual([...said, "다 왔어요"]);
    // What the old node had in hand, the new one takes over.
    await meet(one, two);
    await Promise.all([one.stop(), two.stop()]);
  }, 120_000);
});
