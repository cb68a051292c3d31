import { type CommandInput, type CommandName, type CommandOutput, commands, isCommandName } from "@maru/protocol";
import { fail } from "../platform/errors.ts";
import type { Connection } from "./connection.ts";
import { readInput } from "./read-input.ts";

/**
 * Runs a command. Called synchronously and in arrival order for each connection, so that a handler which must keep
 * that order has only to enqueue before its first `await`.
 */
export type CommandHandler<N extends CommandName> = (
  connection: Connection,
  input: CommandInput<N>,
) => CommandOutput<N> | Promise<CommandOutput<N>>;

type AnyHandler = (connection: Connection, input: never) => unknown;

/** Which feature answers which command. Filled while the app is composed, fixed afterwards. */
export class CommandRegistry {
  readonly #handlers = new Map<CommandName, AnyHandler>();

  register<N extends CommandName>(name: N, handler: CommandHandler<N>): void {
    if (this.#handlers.has(name)) throw new Error(`Two handlers for the command ${name}.`);
    this.#handlers.set(name, handler as AnyHandler);
  }

  /** Commands of the protocol that no feature answers; a composed app has none. */
  listUnanswered(): CommandName[] {
    return (Object.keys(commands) as CommandName[]).filter((name) => !this.#handlers.has(name));
  }

  /** Validates the input and calls the handler; throws errors of the catalogue. */
  run(connection: Connection, name: string, d: unknown): unknown {
    const handler = isCommandName(name) ? this.#handlers.get(name) : undefined;
    if (!isCommandName(name) || !handler) throw fail("command.unknown");
    return handler(connection, readInput(name, d) as never);
  }
}
