import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PasswordGuesser } from "./password-guesser.ts";
import { loadGuessEstimate } from "./password-guessing.ts";

const folder = mkdtempSync(join(tmpdir(), "maru-guesser-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const real = join(import.meta.dir, "password-guessing-worker.ts");
const question = { spellings: ["hanok-floor-4", "qwerty1234"], own: ["hanok"] };
const busy = expect.objectContaining({ code: "server.busy" });

/** A thread that ends at once so many times, and then goes on as the real one. */
async function endingTimes(name: string, times: number): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await Bun.write(
    path,
    `import { appendFileSync, readFileSync } from "node:fs";
     appendFileSync(${JSON.stringify(`${path}.ends`)}, ".");
     if (readFileSync(${JSON.stringify(`${path}.ends`)}, "utf8").length <= ${times}) process.exit(0);
     require(${JSON.stringify(real)});`,
  );
  return path;
}

describe("guesses that are estimated in a thread of their own", () => {
  test("are those that are estimated here, whichever question comes first", async () => {
    const estimate = await loadGuessEstimate();
    const guesser = new PasswordGuesser();
    const passwords = ["hanok-floor-4", "password", "비밀번호는길게쓰자", "a", "x".repeat(128)];
    const answers = await Promise.all(passwords.map((text) => guesser.ask({ spellings: [text], own: ["hanok"] })));
    const expected = passwords.map((text) => ({
      ofStrangers: estimate(text, []),
      ofAcquaintances: estimate(text, ["hanok"]),
    }));
    expect(answers).toEqual(expected);
  });

  test("take the easiest of the spellings", async () => {
    const guesser = new PasswordGuesser();
    const [both, easy] = await Promise.all([
      guesser.ask(question),
      guesser.ask({ ...question, spellings: ["qwerty1234"] }),
    ]);
    expect(both).toEqual(easy);
  });

  test("come from the next thread when one ends without an answer", async () => {
    const guesser = new PasswordGuesser(await endingTimes("once", 1));
    const answers = await Promise.all([guesser.ask(question), guesser.ask(question)]);
    expect(answers[0]?.ofStrangers).toBeGreaterThan(0);
    expect(answers[1]).toEqual(answers[0] as (typeof answers)[0]);
  });

  test("are refused when two threads end over them, and later questions find a new one", async () => {
    const guesser = new PasswordGuesser(await endingTimes("twice", 2));
    expect(await guesser.ask(question).catch((error: unknown) => error)).toEqual(busy);
    expect((await guesser.ask(question)).ofStrangers).toBeGreaterThan(0);
  });

  test("are refused beyond a hundred that wait", async () => {
    const guesser = new PasswordGuesser();
    const asked = Array.from({ length: 105 }, () => guesser.ask(question).catch((error: unknown) => error));
    const answers = await Promise.all(asked);
    expect(answers.slice(100)).toEqual(Array.from({ length: 5 }, () => busy));
    expect(answers.slice(0, 100).every((answer) => typeof answer === "object" && !(answer instanceof Error))).toBe(
      true,
    );
  });
});
