import { StartError } from "../platform/start-error.ts";

/** The words of a command line that are a command's own; the rest goes to the settings. */
export type ParsedFlags = {
  /** Words that belong to no flag. */
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
  readonly rest: readonly string[];
};

/** Takes a command's own flags out of its arguments: `values` are followed by a word, `switches` are not. */
export function parseFlags(
  args: readonly string[],
  own: { readonly values?: readonly string[]; readonly switches?: readonly string[] },
): ParsedFlags {
  const words: string[] = [];
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [name = "", inline] = (args[index] ?? "").split(/=(.*)/s, 2);
    if (own.switches?.includes(name)) switches.add(name);
    else if (own.values?.includes(name)) {
      const value = inline ?? args[++index];
      if (value === undefined || (inline === undefined && value.startsWith("--")))
        throw new StartError(`${name} needs a value.`);
      values[name] = value;
    } else if (name.startsWith("--")) {
      rest.push(args[index] ?? "");
      // A setting's value is the next word, unless it came with the flag.
      if (inline === undefined && args[index + 1] !== undefined) rest.push(args[++index] ?? "");
    } else words.push(args[index] ?? "");
  }
  return { words, values, switches, rest };
}

/** Reads a whole number of a flag, within bounds. */
export function readCount(values: ParsedFlags["values"], name: string, fallback: number, max: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > max) {
    throw new StartError(`${name} must be a whole number from 1 to ${max}, not «${text}».`);
  }
  return count;
}
