import { type CommandInput, type CommandName, commands } from "@maru/protocol";
import { fail } from "../platform/errors.ts";

/** Wrong fields that one answer names at most. */
const maxFields = 20;

/** Reads what a command carries; throws `request.invalid` with the fields that are wrong. */
export function readInput<N extends CommandName>(name: N, d: unknown): CommandInput<N> {
  const parsed = commands[name].input.safeParse(d);
  // The schema is that of `name`; the compiler sees only that it is one of them.
  if (parsed.success) return parsed.data as CommandInput<N>;
  const fields = parsed.error.issues.slice(0, maxFields).map((issue) => ({
    path: issue.path.join("."),
    code: issue.code ?? "invalid",
  }));
  throw fail("request.invalid", undefined, { fields });
}
