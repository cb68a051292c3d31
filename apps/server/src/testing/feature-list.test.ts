import { expect, test } from "bun:test";
import { join, relative } from "node:path";
import { features } from "../app.ts";
import { indexFolders, migrationFolders } from "../migrations.ts";
import { openTestDatabase } from "./open-test-database.ts";

const root = join(import.meta.dir, "..");
const pathOf = (folder: string) => relative(root, folder);

test("every step of the schema in the tree is run, features in the order of the list", async () => {
  const files = await Array.fromAsync(new Bun.Glob("**/{migrations,indexes}/*.sql").scan({ cwd: root }));
  const folders = [...new Set(files.map((file) => file.slice(0, file.lastIndexOf("/"))))].sort();
  expect([...migrationFolders, ...indexFolders].map(({ folder }) => pathOf(folder)).sort()).toEqual(folders);
  expect(migrationFolders.map(({ feature }) => feature)).toEqual([
    "platform",
    "mail",
    ...features.all.map(({ name }) => name),
  ]);
});

test("every table belongs to a feature of the list, or to the platform", async () => {
  const database = await openTestDatabase();
  try {
    const owners = ["platform", "mail", ...features.all.map(({ name }) => name)];
    const rows = await database.db.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`;
    expect(rows.length).toBeGreaterThan(20);
    expect(
      rows.filter(({ name }) => !owners.some((owner) => name.startsWith(`${owner.replaceAll("-", "_")}_`))),
    ).toEqual([]);
  } finally {
    await database.close();
  }
});
