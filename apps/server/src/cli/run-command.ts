import { findSimilarWord } from "../config/index.ts";
import { type CommandLine, commandLines } from "./command-lines.ts";
import { sayWrong } from "./say-wrong.ts";

/** Runs one word of the command line; tells the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const [name = "help", ...args] = words;
  const found: CommandLine | undefined = commandLines.find((command) => command.name === name);
  if (!found) {
    const near = findSimilarWord(
      name,
      commandLines.map((command) => command.name),
    );
    sayWrong(`There is no command «${name}»${near ? `; did you mean ${near}?` : "."} See: ./maru help`);
    return 2;
  }
  try {
    return await found.run(args);
  } catch (error) {
    const isSaid = error instanceof Error && ["ConfigError", "DataFolderTaken", "StartError"].includes(error.name);
    if (isSaid) sayWrong(error.message);
    else console.error(error);
    return 1;
  }
}
