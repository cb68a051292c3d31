import { join } from "node:path";
import { listTree, readCommandLine } from "./processes.ts";
import type { Product } from "./product.ts";

/**
 * Asks the embedded Postgres of a running product, on a connection of the bench's own: to count what was asked of it, and to
 * fill it with more than could be said through the product's doors in the time there is.
 */
export async function askDatabase<T>(product: Product, ask: (sql: Bun.SQL) => Promise<T>): Promise<T> {
  const path = findSocket(product.child.pid);
  const sql = new Bun.SQL({ path, username: "maru", database: "postgres", max: 1, adapter: "postgres" });
  try {
    return await ask(sql);
  } finally {
    await sql.close({ timeout: 0 });
  }
}

/** Transactions that the database has run so far; a question outside of one counts as one. */
export async function countTransactions(product: Product): Promise<number> {
  return askDatabase(product, async (sql) => {
    const [row] = await sql`
      select xact_commit::int as count from pg_stat_database where datname = current_database()`;
    return row.count;
  });
}

/** Where the Postgres below a process listens, as it was told on its command line. */
function findSocket(pid: number): string {
  for (const words of listTree([pid]).map(readCommandLine)) {
    const folder = words[words.indexOf("-k") + 1];
    if (words.includes("-k") && words.includes("-D") && folder) return join(folder, ".s.PGSQL.5432");
  }
  throw new Error("The product runs no database of its own.");
}
