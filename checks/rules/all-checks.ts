import { docs } from "../documents/docs.ts";
import { links } from "../documents/links.ts";
import type { Check } from "../fault.ts";
import { ambient } from "./ambient.ts";
import { answerShapes } from "./answer-shapes.ts";
import { boundaries } from "./boundaries.ts";
import { browserStorage } from "./browser-storage.ts";
import { deadCode } from "./dead-code.ts";
import { enterKey } from "./enter-key.ts";
import { entryPoints } from "./entry-points.ts";
import { filePaths } from "./file-paths.ts";
import { fileSize } from "./file-size.ts";
import { firstLoad } from "./first-load.ts";
import { folderSize } from "./folder-size.ts";
import { format } from "./format.ts";
import { lockFile } from "./lock-file.ts";
import { names } from "./names.ts";
import { sdkExamples } from "./sdk/sdk-examples.ts";
import { sdkSize } from "./sdk/sdk-size.ts";
import { accountLimits } from "./server/account-limits.ts";
import { featureLists } from "./server/feature-lists.ts";
import { ownLoops } from "./server/own-loops.ts";
import { schemaHistory } from "./server/schema-history.ts";
import { sqlHome } from "./server/sql-home.ts";
import { testHabits } from "./test-habits.ts";
import { types } from "./types.ts";
import { vocabulary } from "./vocabulary.ts";

/** Every rule of the project, in the order in which they are run. */
export const checks: readonly Check[] = [
  format,
  types,
  boundaries,
  entryPoints,
  names,
  vocabulary,
  fileSize,
  folderSize,
  ambient,
  featureLists,
  ownLoops,
  accountLimits,
  filePaths,
  browserStorage,
  sqlHome,
  schemaHistory,
  enterKey,
  testHabits,
  lockFile,
  links,
  docs,
  answerShapes,
  sdkExamples,
  firstLoad,
  sdkSize,
  deadCode,
];
