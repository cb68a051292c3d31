import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRunningPostgres } from "./running-postgres.ts";

test("finds the socket that Postgres wrote down, and nothing where none runs", async () => {
  const data = await mkdtemp(join(tmpdir(), "maru-running-"));
  expect(await findRunningPostgres(data)).toBeNull();
  await mkdir(join(data, "postgres"));
  const lines = ["123", join(data, "postgres"), "1700000000", "5432", data, "", "ready   "];
  await writeFile(join(data, "postgres", "postmaster.pid"), lines.join("\n"));
  expect(await findRunningPostgres(data)).toBeNull();
  await writeFile(join(data, ".s.PGSQL.5432"), "");
  expect(await findRunningPostgres(data)).toEqual({
    socketPath: join(data, ".s.PGSQL.5432"),
    username: "maru",
    database: "postgres",
  });
  await rm(data, { recursive: true });
});
