import { findNearMiss } from "../config/index.ts";
import { type CommandLine, commandLines } from "./command-lines.ts";

/** Runs one word of the command line; tells the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const [name = "help", ...args] = words;
  const found: CommandLine | undefined = commandLines.find((command) => command.name === name);
  if (!found) {
    const near = findNearMiss(
      name,
      commandLines.map((command) => command.name),
    );
    console.error(`There is no command «${name}»${near ? `; did you mean ${near}?` : "."} See: ./maru help`);
    return 2;
  }
  try {
    return await found.run(args);
  } catch (error) {
    const isSaid = error instanceof Error && ["ConfigError", "DataFolderTaken", "StartError"].includes(error.name);
    console.error(isSaid ? error.message : error);
    return 1;
  }
}
