import type { CommandName, CommandOutput, Push } from "@maru/protocol";
import { type MaruClientError, outdated, readErrorBody, unreachable } from "../client-error.ts";
import { pushShapes, replyShapes } from "./answer-shapes.ts";
import { invalid, readAnswer, unknown } from "./read-answer.ts";

/** A push that this client does not know; where it was a change of a room, its place in the order of changes. */
export type UnknownPush = {
  readonly push: "unknown";
  readonly change: { readonly roomId: string; readonly epoch: string; readonly rev: number } | null;
};

export type ReceivedPush = Push | UnknownPush;

/** A frame from the server. `none` is of a kind that a newer server may send; `foreign` speaks something else than we do. */
export type ReceivedFrame =
  | { readonly kind: "reply"; readonly id: number; readonly ok: unknown; readonly err: unknown }
  | { readonly kind: "pushes"; readonly pushes: readonly ReceivedPush[] }
  | { readonly kind: "none" }
  | { readonly kind: "foreign" };

const foreign: ReceivedFrame = { kind: "foreign" };
const changeShape = { roomId: "room_", epoch: "text", rev: "count" };

/** Reads a frame; whatever comes, nothing is thrown. */
export function readFrame(data: unknown): ReceivedFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(data as string);
  } catch {
    return foreign;
  }
  if (typeof data !== "string" || typeof frame !== "object" || frame === null || Array.isArray(frame)) return foreign;
  const { id, ok, err, push, pushes } = frame as Record<string, unknown>;
  if (typeof push === "string") return readPushes([frame]);
  if (Array.isArray(pushes)) return readPushes(pushes);
  return typeof id === "number" ? { kind: "reply", id, ok, err } : { kind: "none" };
}

/** Reads the answer to a command, or the error in its place. */
export function readReply<N extends CommandName>(
  cmd: N,
  { ok, err }: { readonly ok: unknown; readonly err: unknown },
): CommandOutput<N> | MaruClientError {
  if (ok === undefined) return readErrorBody(err);
  const read = readAnswer(replyShapes[cmd], ok);
  if (read === invalid) return unreachable();
  return read === unknown ? outdated() : (read as CommandOutput<N>);
}

function readPushes(list: readonly unknown[]): ReceivedFrame {
  const pushes = list.map(readPush);
  return pushes.every((push) => push !== null) ? { kind: "pushes", pushes } : foreign;
}

/** Null for what has the name of a push that we know and not its shape. */
function readPush(given: unknown): ReceivedPush | null {
  const name = (given as { push?: unknown } | null)?.push;
  if (typeof name !== "string") return null;
  const read = Object.hasOwn(pushShapes, name)
    ? readAnswer(pushShapes[name as keyof typeof pushShapes], given)
    : unknown;
  if (read === invalid) return null;
  if (read !== unknown) return { push: name, ...(read as object) } as Push;
  const change = readAnswer(changeShape, given);
  return { push: "unknown", change: change === invalid ? null : (change as UnknownPush["change"]) };
}
