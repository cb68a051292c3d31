import { join } from "node:path";
import type { MigrationFolder } from "./platform/db/migrate.ts";

const folderOf = (path: string) => join(import.meta.dir, path, "migrations");

/** Where each feature keeps its part of the schema, in the order in which they build on each other. */
export const migrationFolders: readonly MigrationFolder[] = [
  { feature: "platform", folder: folderOf("platform") },
  { feature: "mail", folder: folderOf("platform/mail") },
  { feature: "identity", folder: folderOf("features/identity") },
  { feature: "rooms", folder: folderOf("features/rooms") },
  { feature: "presence", folder: folderOf("features/presence") },
  { feature: "matching", folder: folderOf("features/matching") },
];
