import { describe, expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { boundaries } from "./boundaries.ts";

const server = "apps/server/src";
const architecture = {
  areas: {
    "packages/protocol": [],
    "packages/testkit": ["packages/protocol"],
    [`${server}/gateway`]: ["packages/protocol"],
    [`${server}/app.ts`]: [server, "features"],
  },
  features: {
    folder: `${server}/features`,
    imports: ["packages/protocol"],
    table: { identity: [], rooms: ["identity"] },
  },
  entryPoints: ["packages/protocol", "packages/testkit"],
  tests: ["packages/testkit"],
};

/** A small project that obeys every rule. */
const project = {
  "architecture.json": JSON.stringify(architecture),
  "packages/protocol/package.json": '{ "name": "@maru/protocol", "exports": { ".": "./src/index.ts" } }',
  "packages/protocol/src/index.ts": 'export * from "./ids.ts";',
  "packages/protocol/src/ids.ts": "export const id = 1;",
  "packages/testkit/package.json": '{ "name": "@maru/testkit", "exports": { ".": { "bun": "./src/index.ts" } } }',
  "packages/testkit/src/index.ts": 'export { id } from "@maru/protocol";',
  [`${server}/gateway/gateway.ts`]: "export const gateway = 1;",
  [`${server}/features/identity/index.ts`]: 'export { accounts } from "./accounts.ts";',
  [`${server}/features/identity/accounts.ts`]: 'import { id } from "@maru/protocol"; export const accounts = id;',
  [`${server}/features/rooms/index.ts`]:
    'import { accounts } from "../identity/index.ts"; export const rooms = accounts;',
  [`${server}/app.ts`]:
    'import { rooms } from "./features/rooms/index.ts"; import { gateway } from "./gateway/gateway.ts"; void [rooms, gateway];',
};

async function faultsOf(changes: Record<string, string>): Promise<string[]> {
  using tree = plantTree({ ...project, ...changes });
  const { faults } = await boundaries.run(tree);
  return faults.map(({ file, message }) => `${file.replace(`${server}/`, "")}: ${message}`);
}

/** Adds one file to the project and expects one complaint about it. */
async function expectFault(file: string, text: string, complaint: string): Promise<void> {
  const faults = await faultsOf({ [file]: text });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(complaint);
}

test("is content with a project that obeys, and says how much it read", async () => {
  using tree = plantTree(project);
  expect(await boundaries.run(tree)).toEqual({ read: "8 modules, 7 imports", faults: [] });
});

describe("turns red when", () => {
  test("a feature imports one that its line does not allow, if only for a type", () =>
    expectFault(
      `${server}/features/identity/spy.ts`,
      'import type { rooms } from "../rooms/index.ts"; export type R = typeof rooms;',
      "identity may not import",
    ));

  test("a feature is imported within a type expression", () =>
    expectFault(
      `${server}/features/identity/spy.ts`,
      'export type R = import("../rooms/index.ts").R;',
      "identity may not import",
    ));

  test("a feature is imported at run time", () =>
    expectFault(
      `${server}/features/identity/spy.ts`,
      'export const load = () => import("../rooms/index.ts");',
      "identity may not import",
    ));

  test("a feature is passed on by a re-export", () =>
    expectFault(`${server}/features/identity/spy.ts`, 'export * from "../rooms/index.ts";', "identity may not import"));

  test("a worker is made from a module of another feature", () =>
    expectFault(
      `${server}/features/identity/spy.ts`,
      'new Worker(new URL("../rooms/index.ts", import.meta.url));',
      "identity may not import",
    ));

  test("a feature is imported beside its entry point", () =>
    expectFault(`${server}/features/rooms/spy.ts`, 'import "../identity/accounts.ts";', "by its index.ts"));

  test("a package is imported beside its entry point", () =>
    expectFault(
      `${server}/features/rooms/spy.ts`,
      'import "../../../../../packages/protocol/src/ids.ts";',
      "by its index.ts",
    ));

  test("the gateway knows a feature", () =>
    expectFault(
      `${server}/gateway/spy.ts`,
      'import type { rooms } from "../features/rooms/index.ts"; void (0 as unknown as typeof rooms);',
      "gateway may not import",
    ));

  test("the server knows the tests' kit", () =>
    expectFault(`${server}/features/rooms/spy.ts`, 'import "@maru/testkit";', "is for tests only"));

  test("an import leads nowhere", () =>
    expectFault(`${server}/features/rooms/spy.ts`, 'import "./gone.ts";', "leads to no file"));

  test("modules need each other, if only for types", async () => {
    const faults = await faultsOf({
      [`${server}/gateway/a.ts`]: 'import type { B } from "./b.ts"; export type A = B;',
      [`${server}/gateway/b.ts`]: 'import type { A } from "./a.ts"; export type B = A;',
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("a cycle of imports: ");
  });

  test("features need each other by the table", async () => {
    const table = { identity: ["rooms"], rooms: ["identity"] };
    const faults = await faultsOf({
      "architecture.json": JSON.stringify({ ...architecture, features: { ...architecture.features, table } }),
    });
    expect(faults.join()).toContain("features need each other");
  });

  test("the table knows a feature that is not there", async () => {
    const table = { ...architecture.features.table, ghosts: [] };
    const faults = await faultsOf({
      "architecture.json": JSON.stringify({ ...architecture, features: { ...architecture.features, table } }),
    });
    expect(faults).toEqual([`architecture.json: ${server}/features/ghosts is listed, but holds no file.`]);
  });

  test("a folder is not in the table", () =>
    expectFault(`${server}/calls/index.ts`, "export const calls = 1;", "no area of architecture.json holds this file"));

  test("a file lies where it is not read", () =>
    expectFault("scripts/tool.ts", "export const tool = 1;", "did not read this file"));

  test("it reads nothing", async () => {
    using tree = plantTree({ "architecture.json": project["architecture.json"] });
    const { faults } = await boundaries.run(tree);
    expect(faults.map(({ message }) => message)).toContain("the boundary check read no module at all.");
  });
});

test("a feature needs no line to be known, and without one it imports no other", async () => {
  const notes = 'import { id } from "@maru/protocol"; export const notes = id;';
  expect(await faultsOf({ [`${server}/features/notes/index.ts`]: notes })).toEqual([]);
  const spying = await faultsOf({ [`${server}/features/notes/index.ts`]: 'import "../rooms/index.ts";' });
  expect(spying).toEqual([expect.stringContaining("features/notes may not import")]);
  const beside = {
    [`${server}/features/notes/index.ts`]: notes,
    [`${server}/features/notes/notes.ts`]: "export const all = 1;",
    [`${server}/gateway/spy.ts`]: 'import "../features/notes/index.ts";',
  };
  expect(await faultsOf(beside)).toEqual([expect.stringContaining("gateway may not import")]);
});

test("lets tests use the tests' kit", async () => {
  expect(await faultsOf({ [`${server}/features/rooms/rooms.test.ts`]: 'import "@maru/testkit";' })).toEqual([]);
});

describe("features of the web app", () => {
  const web = "apps/web/src";
  const withWeb = {
    ...architecture,
    areas: { ...architecture.areas, [`${web}/shell`]: [], e2e: [`${web}/features`] },
    webFeatures: { folder: `${web}/features`, imports: [`${web}/shell`], others: { match: ["rooms"] } },
  };
  const app = {
    "architecture.json": JSON.stringify(withWeb),
    [`${web}/shell/frame.ts`]: "export const frame = 1;",
    [`${web}/features/rooms/index.ts`]: 'export { list } from "./list.ts";',
    [`${web}/features/rooms/list.ts`]: 'import { frame } from "../../shell/frame.ts"; export const list = frame;',
    [`${web}/features/rooms/i18n/ko.ts`]: "export const ko = {};",
    [`${web}/features/match/index.ts`]: 'import { list } from "../rooms/index.ts"; export const match = list;',
    "e2e/words.ts": `import { ko } from "../${web}/features/rooms/i18n/ko.ts"; void ko;`,
  };

  test("need no line of their own, and their words are read by walks through the browser", async () => {
    const notes = 'import { frame } from "../../shell/frame.ts"; export const notes = frame;';
    expect(await faultsOf({ ...app, [`${web}/features/notes/index.ts`]: notes })).toEqual([]);
  });

  test.each([
    ["one that no line lets in", "features/notes/index.ts", 'import "../rooms/index.ts";', "notes may not import"],
    ["one beside its door", "features/match/spy.ts", 'import "../rooms/list.ts";', "by its index.ts"],
    ["one from the shell", "shell/spy.ts", 'import "../features/rooms/index.ts";', "shell may not import"],
  ])("turn red where they import %s", async (_, file, text, complaint) => {
    const faults = await faultsOf({
      ...app,
      [`${web}/features/notes/index.ts`]: "export {};",
      [`${web}/${file}`]: text,
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(complaint);
  });
});
