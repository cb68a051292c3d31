import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { type ResealCount, reseal, type SealedColumn } from "./reseal.ts";
import { createSecretBox, type SecretBox } from "./secret-box.ts";

const [first, second, third] = [
  "the first secret of this installation",
  "the second secret of this installation",
  "the secret of a stranger, long enough",
];
const before = createSecretBox(first);
const secretBox = createSecretBox(second, [first]);
const column: SealedColumn = {
  table: "platform_planted",
  key: "id",
  keyType: "text",
  purpose: "planted",
  label: "planted rows",
  ifLost: "blank",
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.db.sql`create table platform_planted (id text primary key, sealed text)`;
});
beforeEach(async () => {
  await database.db.sql`truncate platform_planted`;
});
afterAll(() => database.close());

const keyOf = (number: number) => `row ${String(number).padStart(3, "0")}`;

async function fill(count: number, by: SecretBox = before): Promise<void> {
  for (let i = 0; i < count; i++) {
    await database.db.sql`insert into platform_planted values (${keyOf(i)}, ${by.seal("planted", `text ${i}`)})`;
  }
}

const readAll = async () =>
  (await database.db.sql`select id, sealed from platform_planted order by id`) as {
    id: string;
    sealed: string | null;
  }[];
const countDone = async () => (await readAll()).filter(({ sealed }) => secretBox.isPresent(sealed ?? "")).length;

const run = async (options: { db?: Pick<TestDatabase["db"], "sql">; givesUp?: boolean; ifLost?: "delete" } = {}) => {
  const { ifLost = column.ifLost, ...more } = options;
  const columns = [{ ...column, ifLost }];
  const [count] = await reseal({ db: database.db, secretBox, columns, sliceSize: 10, ...more });
  const { label: _label, ...counts } = count as ResealCount;
  return counts;
};
const nothing = { resealedCount: 0, givenUpCount: 0, unreadableCount: 0, leftCount: 0 };

/** The same database, in whose statements something happens: `on` gets how many have begun before. */
function watched(on: (count: number, text: string) => Promise<void>): Pick<TestDatabase["db"], "sql"> {
  let count = 0;
  const unsafe = async (text: string, values?: unknown[]) => {
    await on(count++, text);
    return database.db.sql.unsafe(text, values);
  };
  return { sql: { unsafe } as unknown as Bun.SQL };
}

describe("sealing anew", () => {
  test("leaves each text as it was, under the present secret, and finds nothing the second time", async () => {
    await fill(25);
    await database.db.sql`insert into platform_planted values ('z nobody', null)`;
    expect(await run()).toEqual({ ...nothing, resealedCount: 25 });
    const rows = await readAll();
    const alone = createSecretBox(second);
    expect(rows.slice(0, 25).map(({ sealed }) => alone.open("planted", sealed ?? ""))).toEqual(
      Array.from({ length: 25 }, (_, i) => `text ${i}`),
    );
    expect(await run()).toEqual(nothing);
    expect(await readAll()).toEqual(rows);
  });

  test("goes on where it ended, whatever ended it", async () => {
    await fill(35);
    const ending = watched(async (count) => {
      if (count === 4) throw new Error("killed");
    });
    expect(await run({ db: ending }).catch(String)).toContain("killed");
    const done = await countDone();
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(35);
    for (const { sealed } of await readAll()) expect(secretBox.open("planted", sealed ?? "")).toStartWith("text ");
    expect(await run()).toEqual({ ...nothing, resealedCount: 35 - done });
  });

  test("never writes over what a node wrote meanwhile, and comes back to it", async () => {
    await fill(10);
    const db = watched(async (count) => {
      // Between the reading and the writing of the slice.
      if (count !== 1) return;
      await database.db.sql`
        update platform_planted set sealed = ${before.seal("planted", "newer")} where id = ${keyOf(3)}`;
      await database.db.sql`delete from platform_planted where id = ${keyOf(4)}`;
    });
    expect(await run({ db })).toEqual({ ...nothing, resealedCount: 9 });
    const texts = (await readAll()).map(({ sealed }) => secretBox.open("planted", sealed ?? ""));
    expect(texts.filter((text) => text === "newer")).toHaveLength(1);
    expect(texts).toHaveLength(9);
    expect(await countDone()).toBe(9);
  });

  test("waits for nobody: a row that somebody holds is left, and said to be", async () => {
    await fill(10);
    await database.db.transaction(async (tx) => {
      await tx`select from platform_planted where id = ${keyOf(5)} for update`;
      expect(await run()).toEqual({ ...nothing, resealedCount: 9, leftCount: 1 });
    });
    expect(await run()).toEqual({ ...nothing, resealedCount: 1 });
  });

  test("goes through the rows of its kind alone, in a column of its own, and leaves what a worker holds", async () => {
    await database.db.sql`create table platform_planted_work (id text primary key, kind text, words text, holder text)`;
    const add = (id: string, kind: string, holder: string | null) =>
      database.db.sql`
        insert into platform_planted_work values (${id}, ${kind}, ${before.seal("planted", id)}, ${holder})`;
    await add("free", "planted", null);
    await add("held", "planted", "a worker");
    await add("other", "another", null);
    const work: SealedColumn = {
      ...column,
      table: "platform_planted_work",
      column: "words",
      rows: "kind = 'planted'",
      held: "holder is not null",
      ifLost: "delete",
    };
    const go = (by: SecretBox, givesUp = false) =>
      reseal({ db: database.db, secretBox: by, columns: [work], givesUp }).then(([count]) => ({ ...count }));
    expect(await go(secretBox)).toMatchObject({ resealedCount: 1, leftCount: 1 });
    const present = async () =>
      (await database.db.sql`select id, words from platform_planted_work order by id`)
        .filter(({ words }: { words: string }) => secretBox.isPresent(words))
        .map(({ id }: { id: string }) => id);
    expect(await present()).toEqual(["free"]);
    expect(await go(createSecretBox(third), true)).toMatchObject({ givenUpCount: 1, leftCount: 1 });
    await database.db.sql`update platform_planted_work set holder = null`;
    expect(await go(secretBox)).toMatchObject({ resealedCount: 1, leftCount: 0 });
    expect(await present()).toEqual(["held"]);
    await database.db.sql`drop table platform_planted_work`;
  });

  test("says that a node goes on sealing under an earlier secret", async () => {
    await fill(1);
    let number = 100;
    const db = watched(async (_count, text) => {
      if (!text.startsWith("select")) return;
      await database.db.sql`
        insert into platform_planted values (${keyOf(++number)}, ${before.seal("planted", "late")})`;
    });
    expect((await run({ db })).leftCount).toBeGreaterThan(0);
    expect(await run()).toEqual(nothing);
  });

  test("touches nothing that no known secret opens, unless it is told to give that up", async () => {
    await fill(5, createSecretBox(third));
    await database.db.sql`insert into platform_planted values ('x', ${before.seal("planted", "kept")})`;
    const rows = await readAll();
    expect(await run()).toEqual({ ...nothing, resealedCount: 1, unreadableCount: 5 });
    expect((await readAll()).slice(0, 5)).toEqual(rows.slice(0, 5));
    expect(await run({ givesUp: true })).toEqual({ ...nothing, givenUpCount: 5 });
    expect((await readAll()).slice(0, 5).map(({ sealed }) => sealed)).toEqual(Array(5).fill(""));
    expect(await run()).toEqual(nothing);
  });

  test("deletes what is of no use without its text, when it is told to give that up", async () => {
    await fill(5, createSecretBox(third));
    await database.db.sql`insert into platform_planted values ('x', ${before.seal("planted", "kept")})`;
    expect(await run({ givesUp: true, ifLost: "delete" })).toEqual({ ...nothing, resealedCount: 1, givenUpCount: 5 });
    expect((await readAll()).map(({ id }) => id)).toEqual(["x"]);
  });
});
