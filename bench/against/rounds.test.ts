import { expect, test } from "bun:test";
import type { BenchOptions } from "../bench-options.ts";
import { thisCheckout } from "./checkout.ts";
import type { Arm, Comparable } from "./comparable.ts";
import { compareSamples, measureRounds } from "./rounds.ts";

const options = { isQuick: true } as BenchOptions;
const arm = (label: string): Arm => ({
  checkout: { ...thisCheckout, label },
  stage: () => Promise.reject(new Error("no stage here")),
});
const arms = { own: arm("own"), other: arm("other"), otherAgain: arm("again") };

/** Notes what happens on each arm; the rate of an arm is as given. */
function watched(rates: Record<string, number>, failing?: string): { comparable: Comparable; lines: string[] } {
  const lines: string[] = [];
  const comparable: Comparable = {
    name: "sends",
    doc: "",
    async open({ checkout: { label } }) {
      if (label === failing) throw new Error(`${label} does not open`);
      lines.push(`open ${label}`);
      return {
        async sample() {
          lines.push(label);
          return { values: { "sends.per_s": { unit: "per_s", value: rates[label] ?? 0 } }, faults: [] };
        },
        async close() {
          lines.push(`close ${label}`);
        },
      };
    },
  };
  return { comparable, lines };
}

test("the three take turns, and who begins changes from round to round", async () => {
  const { comparable, lines } = watched({ own: 1, other: 1, again: 1 });
  await measureRounds(comparable, arms, { options, pairs: 3 });
  expect(lines.filter((word) => !word.includes(" ")).join(" ")).toBe("own other again other again own again own other");
});

test("a checkout that is a tenth slower is told as slower", async () => {
  const { comparable } = watched({ own: 900, other: 1_000, again: 990 });
  const samples = await measureRounds(comparable, arms, { options, pairs: 3 });
  expect(compareSamples(samples)["sends.per_s"]).toMatchObject({
    own: 900,
    ratio: { median: 0.9 },
    selfRatio: { median: 0.99 },
    isWithin: false,
  });
});

test("what was opened is closed when one of them does not open", async () => {
  const { comparable, lines } = watched({}, "again");
  await expect(measureRounds(comparable, arms, { options, pairs: 1 })).rejects.toThrow("again does not open");
  expect(lines).toEqual(["open own", "open other", "close own", "close other"]);
});
