import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { createVocabularyCheck, renderVocabulary, vocabulary } from "./vocabulary.ts";
import { refusedWords } from "./vocabulary-words.ts";

const product = "apps/server/src/features/rooms/a.ts";
const check = createVocabularyCheck({
  words: [
    { word: "told", instead: "`notified`", scope: "product" },
    { word: "journey", instead: "`flow`", scope: "all", inComments: true },
    {
      word: "front-door",
      instead: "`authResponse`",
      scope: "all",
      except: [{ file: "packages/ui/src/hall.ts", name: "FrontDoor", reason: "a door, in a picture" }],
    },
  ],
  openings: { Tells: "`Returns`" },
  openingsExcept: {},
});
const hall = { "packages/ui/src/hall.ts": "export const FrontDoor = 1;" };

async function faultsOf(contents: Record<string, string>): Promise<string[]> {
  using tree = plantTree({ ...hall, ...contents });
  return (await check.run(tree)).faults.map(({ file, line, message }) => `${file}:${line ?? ""} ${message}`);
}

test.each([
  "const told = 1;",
  "const wasToldTwice = 1;",
  "class A { #told = 1; }",
  "const a = { told: 1 };",
  "type Told = string;",
  "const last_told = 1;",
  "const frontDoor = 1;",
  "function FrontDoors() {}",
  "// The journey ends here.",
  "/** Begins journeys. */",
  "/** Tells the count. */",
  "/**\n * Tells the count.\n */",
])("turns red for %s", async (text) => {
  expect(await faultsOf({ [product]: `\n${text}` })).toEqual([expect.stringContaining(`${product}:2 `)]);
});

test.each(["packages/client/src/front-door.ts", "bench/front-door/a.ts", "e2e/journeys.ts", "apps/web/src/told.css"])(
  "turns red for a file named %s",
  async (file) => {
    expect(await faultsOf({ [file]: "" })).toEqual([expect.stringContaining(`${file}: "`)]);
  },
);

test.each([
  "const untold = 1, toldest = 1, retold = 1;",
  "const front = door;",
  "// What was told comes first; it tells the count.",
  '/** A "tells" inside. */\nconst text = "journey, told, front door";',
])("is content with %s", async (text) => {
  expect(await faultsOf({ [product]: text })).toEqual([]);
});

test("leaves to tests what is refused in the product alone", async () => {
  const texts = { "apps/server/src/a.test.ts": "const told = 1;", "bench/a.ts": "const told = 1;" };
  expect(await faultsOf(texts)).toEqual([]);
});

test("an exception holds for its name in its file, and turns red once it is met nowhere", async () => {
  expect(await faultsOf({ "packages/ui/src/other.ts": "export const FrontDoor = 1;" })).toHaveLength(1);
  expect(await faultsOf({ "packages/ui/src/hall.ts": "export const gate = 1;" })).toEqual([
    expect.stringContaining("FrontDoor in packages/ui/src/hall.ts is met nowhere; remove it."),
  ]);
});

test("a planted name turns the project's own table red", async () => {
  using tree = plantTree({ "packages/ui/src/luggage.ts": "/** Tells it. */\nexport const census = 1;" });
  const messages = (await vocabulary.run(tree)).faults.map(({ message }) => message);
  expect(messages.filter((message) => !message.includes("met nowhere"))).toEqual([
    expect.stringContaining('"luggage.ts" holds "luggage"'),
    expect.stringContaining('"census" holds "census"'),
    expect.stringContaining('the comment begins with "Tells"'),
  ]);
});

test("every word has a row in the table, and no word stands twice", () => {
  const rows = renderVocabulary().split("\n");
  expect(rows).toHaveLength(refusedWords.length + 2);
  expect(new Set(refusedWords.map(({ word }) => word)).size).toBe(refusedWords.length);
});
