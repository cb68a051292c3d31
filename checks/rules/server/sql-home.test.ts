import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { sqlHome } from "./sql-home.ts";

const features = "apps/server/src/features";
const architecture = JSON.stringify({
  areas: {},
  features: { folder: features, imports: [], table: { identity: [], rooms: ["identity"] } },
  entryPoints: [],
  tests: [],
});

const kinds = 'export const roomKindSchema = z.enum(["direct", "group", "match"]);';

async function faultsOf(file: string, text: string): Promise<string[]> {
  using tree = plantTree({
    "architecture.json": architecture,
    "packages/protocol/src/rooms/entities.ts": kinds,
    [file]: text,
  });
  return (await sqlHome.run(tree)).faults.map(({ line, message }) => `${line}: ${message}`);
}

const query = "export const find = (sql: Bun.SQL) =>\n  sql`select id from rooms_rooms`;";

test.each([
  `${features}/rooms/store.ts`,
  `${features}/rooms/store-members.ts`,
  `${features}/rooms/log/store-append.ts`,
  "apps/server/src/platform/leases.ts",
  `${features}/rooms/a.test.ts`,
])("is content with SQL in %s", async (file) => {
  expect(await faultsOf(file, query)).toEqual([]);
});

test.each([
  `${features}/rooms/http.ts`,
  `${features}/rooms/log/lanes/store.ts`,
  "apps/server/src/gateway/a.ts",
  "apps/server/src/app.ts",
])("turns red for SQL in %s", async (file) => {
  expect(await faultsOf(file, query)).toEqual(["2: SQL belongs in the feature's store*.ts."]);
});

test.each([
  "tx`for update`",
  "db.sql`now()`",
  'sql.unsafe("insert into rooms_rooms default values")',
  "run(`delete from rooms_rooms where id = ${id}`)",
  'run("with due as (select 1) select * from due")',
])("turns red for %s outside a store", async (text) => {
  expect(await faultsOf(`${features}/rooms/http.ts`, text)).toHaveLength(1);
});

test("is content with prose that begins like SQL", async () => {
  const prose = 'const words = ["Select a room from the list", "with care", "update the list", "create a room"];';
  expect(await faultsOf(`${features}/rooms/http.ts`, prose)).toEqual([]);
});

test("turns red when a store reads tables of another feature", async () => {
  expect(await faultsOf(`${features}/rooms/store.ts`, "sql`select * from identity_accounts`")).toEqual([
    "1: identity_accounts belongs to another feature; ask through its entry point.",
  ]);
});

test("turns red when a migration reaches for tables of another feature, but not for its comments", async () => {
  const file = `${features}/rooms/migrations/001-rooms.sql`;
  expect(await faultsOf(file, "create table rooms_rooms (owner uuid references identity_accounts)")).toHaveLength(1);
  expect(await faultsOf(file, "-- as in identity_accounts\ncreate table rooms_rooms (id uuid)")).toEqual([]);
});

const kindFault = "What follows from a room's kind is a column, written from its policy.";

test.each([
  "select id from rooms_rooms r where r.kind in ('direct', 'match')",
  "select id from rooms_rooms where kind = 'match'",
  "update rooms_rooms set name = null where kind not in ( 'group')",
  "select id from rooms_rooms r where r.kind <> all ('{direct,match}')",
  "select id from rooms_rooms where kind = any (array['direct'])",
  "select id from rooms_rooms where kind is distinct from 'direct'",
  "select case kind when 'direct' then 1 end from rooms_rooms",
  "select id from rooms_rooms r where 'match' = r.kind",
  "create view rooms_pairs as select id from rooms_rooms where kind = 'direct'",
])("turns red for a kind of room in a statement: %s", async (text) => {
  expect(await faultsOf(`${features}/rooms/store.ts`, `sql\`${text}\``)).toEqual([`1: ${kindFault}`]);
  expect(await faultsOf(`${features}/rooms/migrations/099-view.sql`, text)).toEqual([`1: ${kindFault}`]);
});

test("is content with a step that says which kinds there are, and asks where the protocol lists them", async () => {
  const file = `${features}/rooms/migrations/099-kinds.sql`;
  expect(await faultsOf(file, "alter table rooms_rooms add check (kind in ('direct', 'group'))")).toEqual([]);
  using tree = plantTree({ "architecture.json": architecture });
  expect(() => sqlHome.run(tree)).toThrow("roomKindSchema");
});

test("is content with kinds of other things, with kinds that are given, and in tests", async () => {
  const store = `${features}/rooms/store.ts`;
  expect(await faultsOf(store, "sql`select seq from rooms_messages g where g.kind = 'text'`")).toEqual([]);
  expect(await faultsOf(store, "sql`select id from rooms_rooms where kind = any(${kinds}::text[])`")).toEqual([]);
  expect(await faultsOf(`${features}/rooms/a.test.ts`, "sql`delete from rooms_rooms where kind = 'match'`")).toEqual(
    [],
  );
});
