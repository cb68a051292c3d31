import { join } from "node:path";
import type { MigrationFolder } from "./platform/db/migrate.ts";

/** Where each feature keeps its part of the schema, in the order in which they build on each other. */
const places = [
  ["platform", "platform"],
  ["mail", "platform/mail"],
  ["identity", "features/identity"],
  ["rooms", "features/rooms"],
  ["presence", "features/presence"],
  ["matching", "features/matching"],
] as const;

const foldersNamed = (name: string): readonly MigrationFolder[] =>
  places.map(([feature, path]) => ({ feature, folder: join(import.meta.dir, path, name) }));

/** Steps of the schema, run before a node serves. */
export const migrationFolders = foldersNamed("migrations");

/** Indexes on tables that may be full, built while nodes serve. */
export const indexFolders = foldersNamed("indexes");
