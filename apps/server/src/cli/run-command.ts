import { findSimilarWord } from "../config/index.ts";
import { type CommandLine, commandLines } from "./command-lines.ts";
import { printError } from "./print-error.ts";

/** Runs one word of the command line; returns the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const [name = "help", ...args] = words;
  const found: CommandLine | undefined = commandLines.find((command) => command.name === name);
  if (!found) {
    const suggestion = findSimilarWord(
      name,
      commandLines.map((command) => command.name),
    );
    printError(`There is no command «${name}»${suggestion ? `; did you mean ${suggestion}?` : "."} See: ./maru help`);
    return 2;
  }
  try {
    return await found.run(args);
  } catch (error) {
    const isForOperator =
      error instanceof Error && ["ConfigError", "DataFolderTaken", "StartError"].includes(error.name);
    if (isForOperator) printError(error.message);
    else console.error(error);
    return 1;
  }
}
