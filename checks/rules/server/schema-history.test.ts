import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { createSourceTree } from "../../source-tree.ts";
import { schemaHistory } from "./schema-history.ts";

const first = "apps/server/src/features/rooms/migrations/001-rooms.sql";
const landed = { [first]: "create table rooms_rooms (id uuid); create index rooms_by_id on rooms_rooms (id);" };

/** A tree in which `landed` has landed, with other files beside or in place of it. */
async function recorded(files: Record<string, string>) {
  using before = plantTree({ "checks/recorded-schema.json": "{}", ...landed });
  await schemaHistory.repair?.(before);
  const record = createSourceTree(before.root, ["checks/recorded-schema.json"]).read("checks/recorded-schema.json");
  return plantTree({ "checks/recorded-schema.json": record, ...files });
}
const faultsOf = async (tree: Parameters<typeof schemaHistory.run>[0]) =>
  (await schemaHistory.run(tree)).faults.map(({ file, message }) => `${file}: ${message}`);

test("is content with what landed, as it landed", async () => {
  using tree = await recorded(landed);
  expect(await faultsOf(tree)).toEqual([]);
});

test("turns red for a landed step that is gone, renamed or changed", async () => {
  using renamed = await recorded({ [first.replace("001-rooms", "001-first")]: landed[first] ?? "" });
  expect(await faultsOf(renamed)).toContain(
    "checks/recorded-schema.json: rooms/migrations/001-rooms has landed and is gone; restore it.",
  );
  using changed = await recorded({ [first]: "create table rooms_rooms (id uuid primary key);" });
  expect(await faultsOf(changed)).toEqual([
    `${first}: This step has landed. Restore it, and write what is new as another.`,
  ]);
  await schemaHistory.repair?.(changed);
  expect(await faultsOf(changed)).toHaveLength(1);
});

test("turns red for a new step until it is written down", async () => {
  using tree = await recorded({
    ...landed,
    [first.replace("001-rooms", "002-more")]: "create table rooms_more (id int);",
  });
  expect(await faultsOf(tree)).toHaveLength(1);
  await schemaHistory.repair?.(tree);
  expect(await faultsOf(createSourceTree(tree.root, tree.files))).toEqual([]);
});

test.each([
  "create index rooms_rooms_by_name on rooms_rooms (name);",
  "create unique index if not exists rooms_rooms_by_name\n  on rooms_rooms (name);",
])("turns red for an index on a table that may be full: %s", async (sql) => {
  const file = first.replace("001-rooms", "002-more");
  using tree = await recorded({ ...landed, [file]: sql });
  expect(await faultsOf(tree)).toContain(
    `${file}: rooms_rooms may be full: index it from the feature's folder "indexes".`,
  );
});

test("is content with such an index where it is built beside what runs", async () => {
  const file = "apps/server/src/features/rooms/indexes/001-by-name.sql";
  using tree = await recorded({ ...landed, [file]: "create index concurrently rooms_by_name on rooms_rooms (name);" });
  await schemaHistory.repair?.(tree);
  expect(await faultsOf(createSourceTree(tree.root, tree.files))).toEqual([]);
});
