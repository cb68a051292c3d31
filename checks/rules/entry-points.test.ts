import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { entryPoints } from "./entry-points.ts";

const project = {
  "architecture.json": JSON.stringify({
    areas: { "packages/protocol": [] },
    features: { folder: "apps/server/src/features", imports: [], table: { rooms: [] } },
    entryPoints: ["packages/protocol"],
    tests: [],
  }),
  "packages/protocol/src/index.ts": 'export * from "./ids.ts";',
  "apps/server/src/features/rooms/index.ts": 'export { rooms } from "./rooms.ts";',
  "apps/server/src/features/rooms/README.md": "# rooms\n",
};

async function faultsOf(changes: Record<string, string>): Promise<string[]> {
  using tree = plantTree({ ...project, ...changes });
  return (await entryPoints.run(tree)).faults.map(({ file, message }) => `${file}: ${message}`);
}

test("is content with entry points of packages and features", async () => {
  expect(await faultsOf({})).toEqual([]);
});

test.each([
  "apps/server/src/platform/index.ts",
  "packages/protocol/src/all.ts",
  "apps/server/src/features/rooms/lanes/index.ts",
])("turns red when %s only passes on others", async (file) => {
  expect(await faultsOf({ [file]: 'export { a } from "./a.ts";\nexport type { B } from "./b.ts";' })).toEqual([
    expect.stringContaining("only passes on other files"),
  ]);
});

test("turns red when a feature lets everything out", async () => {
  expect(await faultsOf({ "apps/server/src/features/rooms/index.ts": 'export * from "./rooms.ts";' })).toEqual([
    expect.stringContaining("names what it lets out"),
  ]);
});

test("turns red when an entry point or its description is missing", async () => {
  using tree = plantTree({ "architecture.json": project["architecture.json"] });
  expect((await entryPoints.run(tree)).faults).toEqual([
    { file: "packages/protocol", message: "has no index.ts to enter by." },
    { file: "apps/server/src/features/rooms", message: "has no index.ts to enter by." },
    {
      file: "apps/server/src/features/rooms",
      message: "has no README.md that says what it owns and what always holds.",
    },
  ]);
});
