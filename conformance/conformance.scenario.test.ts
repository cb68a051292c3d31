import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type CommandName, commands, type PushName, pushes } from "@maru/protocol";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { knownDeviations } from "./deviations.ts";
import { startLenientServer } from "./lenient-server.ts";
import { type Person, signUp } from "./person.ts";
import { describeResults } from "./report.ts";
import { Coverage } from "./speaker.ts";
import { allCases, runSuite } from "./suite.ts";

/** Longer than a case waits for what does not come: a test that runs out of time would take the server with it. */
const slowMs = 30_000;

/** Pushes of rooms that people join one by one, and of what plans grant; no command makes one yet. */
const withoutOccasion = ["member.joined", "member.updated", "limits.changed"];

describe("the product, as a process of its own,", () => {
  let database: TestDatabase;
  let server: SpawnedServer;
  let url: URL;
  let people: [Person, Person, Person];
  const coverage = new Coverage();

  beforeAll(async () => {
    database = await openTestDatabase();
    server = await spawnServer({ databaseUrl: database.url });
    url = new URL(server.url);
    people = [await signUp(url, "alice"), await signUp(url, "bob"), await signUp(url, "carol")];
  }, slowMs);
  afterAll(async () => {
    await server.stop();
    await database.close();
  }, slowMs);

  for (const conformanceCase of allCases) {
    const { name, doc } = conformanceCase;
    const isKnown = Object.hasOwn(knownDeviations, name);
    test(
      isKnown ? `departs from the RFC as it is known to: ${name}` : `${doc} (${name})`,
      async () => {
        const [result] = await runSuite(url, people, { cases: [conformanceCase], coverage });
        expect(result).toMatchObject({ name, outcome: isKnown ? "deviates" : "passed" });
      },
      slowMs,
    );
  }

  test("has shown every command and every push that it has", () => {
    expect(Object.keys(commands).filter((name) => !coverage.commands.has(name as CommandName))).toEqual([]);
    const unseen = Object.keys(pushes).filter((name) => !coverage.pushes.has(name as PushName));
    expect(unseen).toEqual(withoutOccasion);
  });

  test("is held against the protocol by one command, which prints a table and a verdict", async () => {
    const main = join(import.meta.dir, "main.ts");
    const run = Bun.spawn([process.execPath, main, "--url", server.url, "--only", "handshake"], { stdout: "pipe" });
    const printed = await new Response(run.stdout).text();
    expect(await run.exited).toBe(0);
    expect(printed).toContain("✓ handshake.accepts");
    expect(printed).toMatch(/DEVIATES handshake\.http-1-0: .+\. Known: .+/);
    expect(printed).toMatch(
      /The server conforms: \d+ of \d+ cases passed, 0 failed, 1 known deviation, in [\d.]+ s\.\n/,
    );
  });
});

describe("the suite", () => {
  test("knows its cases by names of their own, and deviations by cases that are there", () => {
    const names = allCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(knownDeviations).filter((name) => !names.includes(name))).toEqual([]);
  });

  test(
    "finds a server that lets everything pass in every rule that it breaks (planted)",
    async () => {
      const lenient = await startLenientServer();
      const accountId = `acc_${"0".repeat(32)}` as Person["accountId"];
      const stranger = { accountId, nickname: "nobody", token: "a.b.c", email: "", password: "" };
      // What it has in common with a good server, and what asks for accounts that it does not have.
      const spared = [
        ...["accepts", "header-names", "in-pieces", "with-first-frame", "origin-absent", "origin-own"].map(
          (n) => `handshake.${n}`,
        ),
        ...["framing.ping", "closing.echo", "closing.without-code", "closing.within-text"],
      ];
      const results = await runSuite(lenient.url, [stranger, stranger, stranger], { patienceMs: 50 });
      lenient.stop();
      const passed = results
        .filter(({ outcome }) => outcome === "passed" || outcome === "mended")
        .map(({ name }) => name);
      expect(passed.filter((name) => !spared.includes(name))).toEqual([]);
      expect(describeResults(results)).toContain("The server does not conform");
    },
    slowMs,
  );
});
