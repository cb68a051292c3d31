import { isCommandName } from "@maru/protocol";

export type CommandCount = { readonly command: string; readonly outcome: string; readonly value: number };

/**
 * Counts how commands ended: `ok`, or the code of the error. Words that are no command count as one, so that nobody makes
 * the counts grow.
 */
export class CommandCounts {
  readonly #byName = new Map<string, Map<string, number>>();

  add(name: string, outcome: string): void {
    const command = isCommandName(name) ? name : "unknown";
    const outcomes = this.#byName.get(command) ?? new Map<string, number>();
    if (outcomes.size === 0) this.#byName.set(command, outcomes);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  list(): CommandCount[] {
    return [...this.#byName].flatMap(([command, outcomes]) =>
      [...outcomes].map(([outcome, value]) => ({ command, outcome, value })),
    );
  }
}
