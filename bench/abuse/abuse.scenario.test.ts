import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { prepareLoadClient } from "../load/compile.ts";
import { type AbuseOptions, chooseTargets, runAbuse } from "./abuse.ts";
import { prepareForNoRoom } from "./planted/wrong-rooms.ts";

const load = await prepareLoadClient();
afterAll(() => load.remove());

const quick: AbuseOptions = { load, isQuick: true, runs: 1, only: [], profile: undefined, print() {} };

/** Times, and how much of a flood gets through, are the machine's; whether limits held is the same on every machine. */
const isAboutLimits = (fault: string) => !fault.includes("others' p95") && !fault.includes("that was no flood");

describe("the bench of abuse", () => {
  test("floods one endpoint for each kind of cost; limits hold, talk goes on, the owner gets in", async () => {
    const lines: string[] = [];
    const { faults, metrics } = await runAbuse({ ...quick, print: (text) => lines.push(text) });
    expect(faults.filter(isAboutLimits)).toEqual([]);
    // Whoever floods mails or a provider has to have made them do something, or the flood was of nothing.
    expect(lines.filter((line) => /step\/consent .* 202 \d|\/start .* 200 \d/.test(line))).toHaveLength(2);
    // They were floods: most of the endpoints had to refuse some of it.
    const refusing = lines.filter((line) => /429 \d|rate\.limited \d/.test(line));
    expect(refusing.length).toBeGreaterThan(5);
    expect(metrics["abuse.p95_ratio"]?.value).toBeGreaterThan(0);
    expect(metrics["abuse.honest_sign_in_ms"]?.value).toBeGreaterThan(0);
  }, 300_000);

  test("catches an endpoint whose limit is gone, and a flood that never reaches its door", async () => {
    const preload = [join(import.meta.dir, "planted/no-limit.ts")];
    const { faults } = await runAbuse({ ...quick, only: ["message.list"], preload, prepare: prepareForNoRoom });
    expect(faults.filter(isAboutLimits)).toEqual([
      expect.stringContaining("message.list by one address: no call reached what it costs; request.invalid"),
      expect.stringMatching(/message\.list by one account: \d+ calls let through/),
    ]);
  }, 120_000);

  test("names an unknown endpoint in words", () => {
    expect(() => chooseTargets({ only: ["message.shout"], isQuick: true })).toThrow(
      "no endpoint or cost message.shout",
    );
  });
});
