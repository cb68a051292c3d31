import type { Database } from "./db/database.ts";
import type { SecretBox } from "./secret-box.ts";

/** A column that holds what was sealed under the installation's secret. */
export type SealedColumn = {
  readonly table: string;
  /** Its name; `sealed` if left out. */
  readonly column?: string;
  /** Which of the table's rows hold such, as a condition over its columns; all of them if left out. */
  readonly rows?: string;
  /** Which rows somebody has in hand without locking them, as a condition over its columns; they are left like locked ones. */
  readonly held?: string;
  /** Column by which its rows are gone through. */
  readonly key: string;
  readonly keyType: "uuid" | "text";
  readonly purpose: string;
  /** What its rows are, for people. */
  readonly label: string;
  /** What becomes of a row whose secret is lost: it goes, or it stays and opens nothing. */
  readonly ifLost: "delete" | "blank";
};

export type ResealCount = {
  readonly label: string;
  /** Sealed under the present secret now. */
  readonly resealedCount: number;
  /** Given up: no secret that is known here opened them. */
  readonly givenUpCount: number;
  /** Such that are there still. */
  readonly unreadableCount: number;
  /** Written by others again and again, or held: the next run has something to do. */
  readonly leftCount: number;
};

type Row = { readonly key: string; readonly sealed: string | null };
type Change = { readonly key: string; readonly was: string; readonly fresh: string };

/** Rows that are read, and changed in one statement, at once. */
const defaultSliceSize = 200;
/** Times that everything is gone through while others seal under earlier secrets. */
const maxPasses = 4;
const usualName = "sealed";
const firstKeys = { uuid: "00000000-0000-0000-0000-000000000000", text: "" } as const;

/**
 * Seals everything anew that is not under the present secret, beside nodes that read and write the same rows: slice by slice,
 * each row only if it is still as it was read, and none that somebody holds. Nothing has to be remembered: what is done says
 * so itself, so that whatever ends it, the next run goes on where it ended.
 */
export async function reseal(deps: {
  readonly db: Pick<Database, "sql">;
  readonly secretBox: SecretBox;
  readonly columns: readonly SealedColumn[];
  /** Gives up what no known secret opens. */
  readonly givesUp?: boolean;
  readonly sliceSize?: number;
}): Promise<ResealCount[]> {
  const { db, secretBox, columns, givesUp = false, sliceSize = defaultSliceSize } = deps;

  async function passOver(column: SealedColumn): Promise<Omit<ResealCount, "label">> {
    const { purpose } = column;
    let [triedCount, resealedCount, unreadableCount, givenUpCount] = [0, 0, 0, 0];
    let last: string = firstKeys[column.keyType];
    for (;;) {
      const rows = await readSlice(db.sql, column, last, sliceSize);
      const changes: Change[] = [];
      const unreadable: Change[] = [];
      for (const { key, sealed } of rows) {
        // What was given up before is empty.
        if (sealed === null || sealed === "" || secretBox.isPresent(sealed)) continue;
        const text = secretBox.open(purpose, sealed);
        if (text === null) unreadable.push({ key, was: sealed, fresh: "" });
        else changes.push({ key, was: sealed, fresh: secretBox.seal(purpose, text) });
      }
      triedCount += changes.length;
      unreadableCount += unreadable.length;
      resealedCount += await writeSlice(db.sql, column, changes);
      if (givesUp) {
        const write = column.ifLost === "delete" ? deleteSlice : writeSlice;
        givenUpCount += await write(db.sql, column, unreadable);
      }
      const end = rows.at(-1);
      if (end === undefined || rows.length < sliceSize) break;
      last = end.key;
    }
    const keptCount = givesUp ? unreadableCount - givenUpCount : 0;
    return { resealedCount, givenUpCount, unreadableCount, leftCount: triedCount - resealedCount + keptCount };
  }

  const counts: ResealCount[] = [];
  for (const column of columns) {
    let [resealedCount, givenUpCount] = [0, 0];
    for (let pass = 1; ; pass++) {
      const found = await passOver(column);
      resealedCount += found.resealedCount;
      givenUpCount += found.givenUpCount;
      // The last look changed nothing: what was written behind it meanwhile has been seen too.
      const openCount = found.resealedCount + found.givenUpCount + found.leftCount;
      if (openCount > 0 && pass < maxPasses) continue;
      const unreadableCount = found.unreadableCount - found.givenUpCount;
      counts.push({ label: column.label, resealedCount, givenUpCount, unreadableCount, leftCount: openCount });
      break;
    }
  }
  return counts;
}

function readSlice(sql: Bun.SQL, column: SealedColumn, after: string, size: number): Promise<Row[]> {
  const { table, column: name = usualName, rows = "true", key } = column;
  return sql.unsafe(
    `select ${key}::text as key, ${name} as sealed from ${table} where ${key} > $1 and (${rows}) order by ${key} limit $2`,
    [after, size],
  ) as Promise<Row[]>;
}

/** The rows of a slice that are still as they were read and that nobody holds, held until the statement ends. */
const freeRows = ({ table, column: name = usualName, held = "false", key, keyType }: SealedColumn) => `
  with free as (
    select t.${key}, n.fresh from ${table} t
    join jsonb_to_recordset($1::text::jsonb) as n (key ${keyType}, was text, fresh text)
      on t.${key} = n.key and t.${name} = n.was
    where not (${held})
    for update of t skip locked)`;

async function writeSlice(sql: Bun.SQL, column: SealedColumn, changes: readonly Change[]): Promise<number> {
  if (changes.length === 0) return 0;
  const { table, column: name = usualName, key } = column;
  const rows = await sql.unsafe(
    `${freeRows(column)} update ${table} t set ${name} = free.fresh from free where t.${key} = free.${key} returning 1 as done`,
    [JSON.stringify(changes)],
  );
  return rows.length;
}

async function deleteSlice(sql: Bun.SQL, column: SealedColumn, changes: readonly Change[]): Promise<number> {
  if (changes.length === 0) return 0;
  const { table, key } = column;
  const rows = await sql.unsafe(
    `${freeRows(column)} delete from ${table} t using free where t.${key} = free.${key} returning 1 as done`,
    [JSON.stringify(changes)],
  );
  return rows.length;
}
