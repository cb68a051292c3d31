import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { featureLists } from "./feature-lists.ts";

const server = "apps/server/src";
const architecture = {
  areas: {},
  features: { folder: `${server}/features`, imports: [], table: {} },
  entryPoints: [],
  tests: [],
};
const project = {
  "architecture.json": JSON.stringify(architecture),
  [`${server}/app.ts`]:
    'import { rooms } from "./features/rooms/index.ts";\nexport const features = listFeatures().with(rooms);\n',
  [`${server}/features/rooms/index.ts`]: "export const rooms = 1;",
  [`${server}/node/start-node.ts`]: "export const start = (parts) => parts.map(({ name }) => name);",
  "packages/protocol/src/features.ts": 'import { roomsProtocol } from "./rooms/protocol.ts"; void roomsProtocol;',
  "packages/protocol/src/rooms/protocol.ts": "export const roomsProtocol = 1;",
};

async function faultsOf(changes: Record<string, string> = {}): Promise<string[]> {
  using tree = plantTree({ ...project, ...changes });
  return (await featureLists.run(tree)).faults.map(({ file, message }) => `${file}: ${message}`);
}

test("is content where the lists alone name features", async () => {
  expect(await faultsOf()).toEqual([]);
});

test.each([
  ["a port by the name of a feature", "node/node-ports.ts", "export const epoch = (exports) => exports.rooms.epoch();"],
  ["a feature by its name", "feature-contract/compose-parts.ts", 'parts.find(({ name }) => name === "rooms");'],
  ["one that is taken apart", "node/start-node.ts", "export const { rooms } = features.exports;"],
  ["one among the migrations", "migrations.ts", 'export const folders = [["rooms", "features/rooms"]];'],
])("turns red for %s", async (_, file, text) => {
  expect((await faultsOf({ [`${server}/${file}`]: text }))[0]).toContain(`${server}/${file}: names the feature rooms`);
});

test("turns red for a feature with a folder that no list has, on the server and in the protocol", async () => {
  expect(await faultsOf({ [`${server}/features/notes/index.ts`]: "export const notes = 1;" })).toEqual([
    `${server}/features/notes: is not in the list of features, ${server}/app.ts.`,
  ]);
  expect(await faultsOf({ "packages/protocol/src/notes/protocol.ts": "export const notes = 1;" })).toEqual([
    "packages/protocol/src/notes: is not in the list of features, packages/protocol/src/features.ts.",
  ]);
});

test("turns red for a list that has become more than a list", async () => {
  const text = `${project[`${server}/app.ts`]}${"// more\n".repeat(118)}`;
  expect(await faultsOf({ [`${server}/app.ts`]: text })).toEqual([
    `${server}/app.ts: 120 lines; a list of features has less than 120.`,
  ]);
});
