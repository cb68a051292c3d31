import { describe, expect, test } from "bun:test";
import { commandLines } from "../../apps/server/src/cli/command-lines.ts";
import { settings } from "../../apps/server/src/config/index.ts";
import { faultOf, type Line, runLines, runPrograms } from "./command-line.fixture.ts";

/** A folder that can never be made: whatever would begin on it ends there. */
const nowhere = ["--data", "/proc/nothing/data"];
const long = "가".repeat(5_000);
const control = "\u001b[2J";
const words = [
  "",
  " ",
  "--",
  "-x",
  "--nothing",
  "--nothing=1",
  "--=",
  "=",
  control,
  long,
  "-1",
  "99999999999999999999",
  "%00",
  "a\nb",
  "__proto__",
];
const values = [
  "",
  " ",
  "-1",
  "0",
  "65535",
  "65536",
  "1.5",
  "1e3",
  "0x10",
  "NaN",
  "abc",
  "99999999999999999999",
  "[::",
  "999.1.1.1",
  "web,",
  ...["__proto__", control, long, "--port", "a\nb"],
];

/** Flags of the table of settings, and those that the commands tell of themselves. */
const flags = [
  ...Object.values(settings).flatMap(({ flag }) => flag ?? []),
  ...commandLines.flatMap(({ doc }) => doc.match(/--[a-z-]+/g) ?? []),
  "--nickname",
];

/** Every command with every word that is none of its own, and every flag without a value and with values at the edge. */
function listLines(name: string): Line[] {
  const own = name === "create-admin" ? [name, "somebody@maru.example"] : [name];
  return [
    ...words.map((word) => [name, word, ...nowhere]),
    ...flags.map((flag) => [...own, ...(flag === "--data" ? [] : nowhere), flag]),
    ...flags.flatMap((flag) => values.map((value) => [...own, ...nowhere, flag, value])),
  ]
    .filter((line) => !(line.includes("--data") && line.lastIndexOf("--data") > line.indexOf("--data")))
    .map((line) => ({ words: line }));
}

describe("the server's command line", () => {
  /** Commands that only tell something: what they are given may well be good. */
  const tellers = ["config"];

  test("says in a few words what is wrong with what was typed, and has begun nothing", async () => {
    const lines = [
      ...commandLines.flatMap(({ name }) => listLines(name)),
      ...words.slice(2).map((word) => ({ words: [word] })),
    ];
    expect(lines.length).toBeGreaterThan(1_000);
    const { ended, left } = await runLines(lines);
    const faults = ended.flatMap((end, i) => {
      const typed = lines[i]?.words ?? [];
      if (end.code === 0 && tellers.includes(typed[0] ?? "")) return [];
      const fault = faultOf(end);
      return fault === null ? [] : [`${JSON.stringify(typed.map((word) => word.slice(0, 40)))} ${fault}`];
    });
    expect(faults).toEqual([]);
    expect(left).toEqual([]);
  }, 60_000);

  test("is seen when a planted command shows its stack", async () => {
    const { ended } = await runLines([{ words: ["planted"] }]);
    expect(ended.map((end) => faultOf(end))).toEqual([expect.stringContaining("showed a trace")]);
  });
});

describe("the other programs", () => {
  const conformance = [
    [],
    ["--nothing"],
    ["--url"],
    ["--url", "abc"],
    ["--url", long],
    ["--url", "http://127.0.0.1:1"],
    ["--url", "http://127.0.0.1:1", "--account", "a"],
    ["word"],
  ];
  const bench = [
    ["--nothing"],
    ["nothing"],
    ["realtime", "--runs", "-1"],
    ["realtime", "--json"],
    ["realtime", "--only", "nothing"],
  ];
  const programs = [
    ...conformance.map((typed) => ["conformance/main.ts", ...typed]),
    ...bench.map((typed) => ["bench/main.ts", ...typed]),
    ...[[], ["/nothing", "/nothing"]].map((typed) => ["bench/table.ts", ...typed]),
    ["checks/check.ts", "nothing"],
    ["checks/test.ts", "--nothing"],
    ["apps/server/src/main.ts", "serve", "--port", "65536"],
  ];

  test("say in words what is wrong with what was typed", async () => {
    const ended = await runPrograms(programs);
    const faults = ended.flatMap((end, i) => {
      // Who does not know a bench is shown all of them.
      const fault = faultOf(end, { maxLines: 60 });
      return fault === null ? [] : [`${programs[i]?.join(" ").slice(0, 100)} ${fault}`];
    });
    expect(faults).toEqual([]);
  }, 60_000);
});
