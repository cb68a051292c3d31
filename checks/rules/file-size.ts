import { type Check, counted } from "../fault.ts";

const asksToBeSplitAt = 300;
const failsAt = 500;

/** Keeps files short enough to be read at once. */
export const fileSize: Check = {
  name: "file-size",
  run(tree) {
    const sizes = tree.files
      .filter((file) => /\.(tsx?|css|sql|sh)$|^maru$|^\.ci\//.test(file))
      .map((file) => ({ file, lines: tree.read(file).split("\n").length - 1 }));
    return {
      read: counted(sizes.length, "file"),
      faults: sizes
        .filter(({ lines }) => lines > failsAt)
        .map(({ file, lines }) => ({
          file,
          message: `${lines} lines are too many; split it by what it is about (at most ${failsAt}).`,
        })),
      warnings: sizes
        .filter(({ lines }) => lines > asksToBeSplitAt && lines <= failsAt)
        .map(({ file, lines }) => ({ file, message: `${lines} lines ask to be split.` })),
    };
  },
};
