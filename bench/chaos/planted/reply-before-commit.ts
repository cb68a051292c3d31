/** A server that answers sends before they are committed. Loaded before the server; for one test. */
import { rewriteModule } from "./rewrite.ts";

rewriteModule("features/rooms/log/store-append.ts", [
  [
    "const rows = await sql<RawAppend[]>`",
    `const rows = await new Promise<RawAppend[]>((answer, fail) => {
      const run = async (tx: Sql) => {
        answer(await ask(tx));
        await Bun.sleep(100);
      };
      (sql as unknown as Bun.SQL).begin(run).catch(fail);
    });
    function ask(sql: Sql) {
      return sql<RawAppend[]>\``,
  ],
  ["::text[]::jsonb[])`;", "::text[]::jsonb[])`; }"],
]);
