import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { httpPaths, type SignedIn } from "@maru/protocol";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { password } from "./person.ts";
import { newRawPeople, type newRawPerson } from "./raw-person.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

type RawPerson = Awaited<ReturnType<typeof newRawPerson>>;

const honestCount = 15;

/** Starts a flood of guesses; resolves when it has begun, and `stop` tells what it was answered. */
async function startGuessers(email: string) {
  const program = join(import.meta.dir, "guessers.ts");
  const child = Bun.spawn([process.execPath, "--no-install", program, server.url, email], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const begun = await reader.read();
  expect(begun.value).toContain("guessing");
  return {
    async stop(): Promise<Record<string, number>> {
      await child.stdin.end();
      let text = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      expect(await child.exited).toBe(0);
      return JSON.parse(text);
    },
  };
}

/** Signs somebody in, in their own browser, and returns how long it took. */
async function signIn({ email, browser }: RawPerson): Promise<number> {
  const startedAt = performance.now();
  const answer = await browser.ask<SignedIn>("POST", server.url + httpPaths.signIn, { email, password });
  expect(answer.body.error?.code ?? answer.status).toBe(200);
  return performance.now() - startedAt;
}

test.each([
  ["at accounts of all kinds", "guessed*@maru.example"],
  ["at one account of theirs", null],
])(
  "while 200 addresses guess %s, everybody with a browser that is known gets in",
  async (_, guessed) => {
    const people = await newRawPeople(server.url, honestCount);
    // On a machine that is slow just now, everything takes longer.
    const calm = Math.max(...[await signIn(people[0] as RawPerson), await signIn(people[1] as RawPerson)]);
    const guessers = await startGuessers(guessed ?? people[0]?.email ?? "");
    const times: number[] = [];
    let answers: Record<string, number>;
    try {
      for (const person of people) times.push(await signIn(person));
    } finally {
      answers = await guessers.stop();
    }
    expect(times).toHaveLength(honestCount);
    expect(Math.max(...times)).toBeLessThan(Math.max(3_000, 10 * calm));
    // It was a flood, most of it was refused, and none of it came in.
    const refused = (answers["rate.limited"] ?? 0) + (answers["server.busy"] ?? 0);
    expect(refused).toBeGreaterThan(100);
    expect(answers["200"]).toBeUndefined();
  },
  120_000,
);
