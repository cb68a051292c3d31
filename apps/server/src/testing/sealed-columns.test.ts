import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SealedColumn } from "../platform/reseal.ts";
import { keyedHashes, sealedColumns, sealedElsewhere, sealedOtherwise } from "../sealed-columns.ts";
import { openTestDatabase, type TestDatabase } from "./open-test-database.ts";
import { findKeyedHashes, findSealPurposes, readSources, type Sources } from "./program-sources.ts";

let database: TestDatabase;
let sources: Sources;
beforeAll(async () => {
  database = await openTestDatabase();
  sources = await readSources();
});
afterAll(() => database.close());

/** The columns of tables that by their names hold something sealed, or anything whatever; `TABLE.COLUMN`. */
async function findSealedColumns(): Promise<string[]> {
  const rows = await database.db.sql<{ name: string }[]>`
    select table_name || '.' || column_name as name
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name !~ '^pg_'
      and column_name ~ 'seal|payload' and column_name !~ 'mark'
    order by 1`;
  return rows.map(({ name }) => name);
}

/** The columns by which tables are gone through, with their types. */
async function findKeys(): Promise<string[]> {
  const rows = await database.db.sql<{ key: string }[]>`
    select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as key
    from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisprimary and i.indnkeyatts = 1`;
  return rows.map(({ key }) => key);
}

const nameOf = ({ table, column = "sealed" }: SealedColumn) => `${table}.${column}`;

describe("the list of what is sealed in the database", () => {
  const known = [...sealedColumns.map(nameOf), ...Object.keys(sealedOtherwise)].sort();
  const purposes = [...sealedColumns.map(({ purpose }) => purpose), ...Object.keys(sealedElsewhere)].sort();

  test("has every column of the schema, and every purpose of the program", async () => {
    expect(await findSealedColumns()).toEqual(known);
    expect(findSealPurposes(sources)).toEqual(purposes);
  });

  test("names each table's key as it is: by anything else rows would be passed over", async () => {
    const keys = await findKeys();
    for (const { table, key, keyType } of sealedColumns) expect(keys).toContain(`${table}.${key} ${keyType}`);
  });

  test("misses a column that is planted, and a purpose", async () => {
    await database.db.sql`alter table rooms_rooms add column sealed_topic text`;
    try {
      expect(await findSealedColumns()).not.toEqual(known);
    } finally {
      await database.db.sql`alter table rooms_rooms drop column sealed_topic`;
    }
    expect(await findSealedColumns()).toEqual(known);
    const planted = new Map([...sources, ["planted.ts", 'const kept = secretBox.seal("room topic", text);']]);
    expect(findSealPurposes(planted)).not.toEqual(purposes);
  });
});

describe("the list of keyed hashes", () => {
  const known = Object.fromEntries(
    Object.entries(keyedHashes).map(([purpose, { isLookedUp }]) => [purpose, isLookedUp]),
  );

  test("has every one of the program, and says rightly which are looked up under earlier secrets", () => {
    expect(findKeyedHashes(sources)).toEqual(known);
  });

  test.each([
    ["a literal", 'const hash = secretBox.fingerprint("door", name);'],
    ["one with a part of its own", "const hash = deps.secretBox.fingerprint(`door ${name}`, text);"],
    ["one that is looked up, against the list", 'const hashes = secretBox.fingerprints("rate", text);'],
    ["what cannot be read", "const hash = secretBox.fingerprint(...partsOf(door));"],
  ])("misses one that is planted: %s", (_name, text) => {
    expect(findKeyedHashes(new Map([...sources, ["planted.ts", text]]))).not.toEqual(known);
  });
});
