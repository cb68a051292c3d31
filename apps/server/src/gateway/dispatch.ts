import { type Clock, type CloseCode, isCommandName, limits, toErrorBody } from "@maru/protocol";
import { describeDatabaseFault } from "../platform/db/faults.ts";
import { fail, MaruError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import type { RawCommand } from "./codecs/codec.ts";
import type { CommandCounts } from "./command-counts.ts";
import type { LiveConnection } from "./connection.ts";
import type { GatewayDeps } from "./deps.ts";
import type { CommandRegistry } from "./registry.ts";
import { ConnectRefused, type createSignOn } from "./sign-on.ts";

type Deps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: CommandRegistry;
  readonly signOn: ReturnType<typeof createSignOn>;
  readonly countCommand: GatewayDeps["countCommand"];
  readonly counts: CommandCounts;
  readonly noteDuration: GatewayDeps["noteCommandMs"];
};

/** Commands over the rate, less those within it, at which a connection is closed. */
const abuseCount = 500;

/** Takes frames of connections and answers each command exactly once. */
export function createDispatch(deps: Deps) {
  const { clock, log, registry, signOn, countCommand, counts, noteDuration } = deps;

  function receive(connection: LiveConnection, data: string | Buffer): void {
    try {
      take(connection, data);
    } catch (error) {
      giveUp(connection, error);
    }
  }

  /** Ends a connection that a fault of ours would leave waiting for its answer: it comes back and asks again. */
  function giveUp(connection: LiveConnection, error: unknown): void {
    log.error("A connection was given up.", { connection: connection.id, error });
    connection.close(4007);
  }

  function take(connection: LiveConnection, data: string | Buffer): void {
    if (connection.isOver) return;
    const read = connection.codec.read(data);
    if (typeof read === "number") return connection.close(read);
    if (read.length > 0) connection.lastReceivedAt = clock.monotonic();
    for (const command of read) {
      // One that came before it in the same message may have closed the connection.
      if (!connection.isOver) takeCommand(connection, command);
    }
  }

  function takeCommand(connection: LiveConnection, command: RawCommand): void {
    const refusal = findRefusal(connection, command);
    if (refusal) return answerError(connection, command, refusal);
    let result: unknown;
    try {
      result = run(connection, command);
    } catch (error) {
      return answerError(connection, command, error);
    }
    if (!(result instanceof Promise)) return answer(connection, command, result);
    const startedAt = connection.lastReceivedAt;
    connection.running ??= new Set();
    connection.running.add(command.id);
    result
      .then(
        (output) => {
          finish(connection, command.id, startedAt);
          answer(connection, command, output);
        },
        (error) => {
          finish(connection, command.id, startedAt);
          answerError(connection, command, error);
        },
      )
      .catch((error) => giveUp(connection, error));
  }

  /** What speaks against running a command at all. */
  function findRefusal(connection: LiveConnection, command: RawCommand): MaruError | null {
    const waitMs = takeTurn(connection, connection.lastReceivedAt);
    if (waitMs > 0) return fail("rate.limited", undefined, { retryAfterMs: waitMs });
    if (connection.running?.has(command.id)) {
      return fail("request.invalid", undefined, { fields: [{ path: "id", code: "duplicate" }] });
    }
    if (connection.running && connection.running.size >= limits.commandsInFlight) {
      return fail("rate.limited", undefined, { retryAfterMs: 100 });
    }
    return null;
  }

  /** Takes one of the connection's rate; ms to wait when there is none. Who goes on and on is closed. */
  function takeTurn(connection: LiveConnection, now: number): number {
    const waitMs = connection.bucket.take(limits.commandsPerSecond, limits.commandsBurst, now);
    if (waitMs === 0) connection.refusedCount = Math.max(0, connection.refusedCount - 1);
    else if (++connection.refusedCount > abuseCount) connection.close(4006);
    return waitMs;
  }

  /** Counts a control frame: the machinery answers it by itself, but a flood of them is one all the same. */
  function count(connection: LiveConnection): void {
    takeTurn(connection, clock.monotonic());
  }

  function run(connection: LiveConnection, command: RawCommand): unknown {
    const { state } = connection;
    switch (state.is) {
      case "opened":
        if (command.cmd !== "connect") throw fail("connection.required");
        return signOn.connect(connection, command.d);
      case "authenticating":
        throw fail(command.cmd === "connect" ? "connection.already_connected" : "connection.required");
      case "ready":
        if (clock.monotonic() >= state.endsAt) throw fail("auth.expired");
        if (command.cmd === "connect") throw fail("connection.already_connected");
        countForAccount(command.cmd, state.accountId);
        return registry.run(state, command.cmd, command.d);
      case "expired":
      case "closing":
      case "closed":
        throw fail("auth.expired");
      default:
        return state satisfies never;
    }
  }

  /** However many connections an account has, together they may ask so much and no more. */
  function countForAccount(name: string, accountId: string): void {
    const retryAfterMs = countCommand && isCommandName(name) ? countCommand(name, accountId) : 0;
    if (retryAfterMs > 0) throw fail("rate.limited", undefined, { retryAfterMs });
  }

  function finish(connection: LiveConnection, id: number, startedAt: number): void {
    noteDuration?.(clock.monotonic() - startedAt);
    connection.running?.delete(id);
    if (connection.running?.size === 0) connection.running = null;
  }

  function answer(connection: LiveConnection, { id, cmd }: RawCommand, output: unknown): void {
    // An answer holds what the right allowed when it was asked for; after its end nothing is replied any more.
    if (connection.state.is === "expired")
      return answerError(connection, { id, cmd: "", d: null }, fail("auth.expired"));
    let text: string;
    try {
      text = JSON.stringify(output ?? {});
    } catch (error) {
      return answerError(connection, { id, cmd: "", d: null }, error);
    }
    counts.add(cmd, "ok");
    if (!connection.isOver) connection.send(connection.codec.encodeReply(id, text));
  }

  function answerError(connection: LiveConnection, command: RawCommand, error: unknown): void {
    const known = error instanceof MaruError ? error : describeDatabaseFault(error);
    if (!known) log.error("A command failed.", { command: command.cmd, connection: connection.id, error });
    const body = known ? known.toBody(connection.locale) : toErrorBody("server.internal", connection.locale);
    counts.add(command.cmd, body.code);
    if (!connection.isOver) connection.send(connection.codec.encodeError(command.id, body));
    const closeCode = closeAfter(command.cmd, error);
    if (closeCode) connection.close(closeCode);
  }

  return { receive, count };
}

/** A failed `connect` that cannot succeed with the same token ends the connection, with what to do next. */
function closeAfter(cmd: string, error: unknown): CloseCode | null {
  if (error instanceof ConnectRefused) return error.closeCode;
  if (cmd !== "connect" || !(error instanceof MaruError)) return null;
  switch (error.code) {
    case "auth.expired":
      return 4001;
    case "auth.revoked":
      return 4500;
    case "account.suspended":
      return 4501;
    case "auth.invalid":
      return 4502;
    case "server.draining":
      return 4000;
    default:
      return null;
  }
}
