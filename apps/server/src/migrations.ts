import { existsSync } from "node:fs";
import { join } from "node:path";
import { features } from "./app.ts";
import type { MigrationFolder } from "./platform/db/migrate.ts";

/** Who keeps a part of the schema, in the order in which they build on each other: what is below features, then features. */
const owners = [
  { name: "platform", folder: join(import.meta.dir, "platform") },
  { name: "mail", folder: join(import.meta.dir, "platform/mail") },
  ...features.all,
];

const foldersNamed = (kind: string): readonly MigrationFolder[] =>
  owners
    .map(({ name, folder }) => ({ feature: name, folder: join(folder, kind) }))
    .filter(({ folder }) => existsSync(folder));

/** Steps of the schema, run before a node serves. */
export const migrationFolders = foldersNamed("migrations");

/** Indexes on tables that may be full, built while nodes serve. */
export const indexFolders = foldersNamed("indexes");
