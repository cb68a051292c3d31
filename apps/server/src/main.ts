import { runCommand } from "./cli/run-command.ts";

// The command has ended, whatever timer of a start that failed half-way may still be waiting.
process.exit(await runCommand(process.argv.slice(2)));
