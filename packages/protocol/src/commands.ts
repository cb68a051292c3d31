import type * as z from "zod";
import { baseCommands } from "./base-commands.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";

/** Every command of the realtime door, `noun.verb`. Unknown fields are ignored. */
export const commands = { ...baseCommands, ...mergeParts(featureProtocols, "commands") };

export type CommandName = keyof typeof commands;
export type CommandInput<N extends CommandName> = z.output<(typeof commands)[N]["input"]>;
/** What a caller writes: fields with defaults may be left out. */
export type CommandArgument<N extends CommandName> = z.input<(typeof commands)[N]["input"]>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]["output"]>;

/** Whether a word is a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
