import { dirname } from "node:path";
import { type Check, counted } from "../fault.ts";

const mostFiles = 40;

/** Folders that are read as a list, each file by itself: steps of a schema, decisions, words in each language. */
const lists = /(^|\/)(migrations|indexes|decisions|i18n)$/;

/** Keeps folders short enough to be read as a table of contents; tests are counted, folders inside are not. */
export const folderSize: Check = {
  name: "folder-size",
  run(tree) {
    const counts = new Map<string, number>();
    for (const file of tree.files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    return {
      read: counted(counts.size, "folder"),
      faults: [...counts]
        .filter(([folder, count]) => count > mostFiles && !lists.test(folder))
        .map(([folder, count]) => ({
          file: folder,
          message: `${count} files are too many; part them by what they are about (at most ${mostFiles}).`,
        })),
    };
  },
};
