import type { CommandName } from "./commands.ts";
import type { ErrorBody } from "./errors.ts";
import type { Push } from "./pushes.ts";

/** The version in `/realtime?v=1`. */
export const protocolVersion = 1;

/** From the client: `id` is the client's own, unique among its unanswered commands. */
export type CommandFrame = { readonly id: number; readonly cmd: CommandName; readonly d?: unknown };

/** To the client: exactly one for each command. */
export type ReplyFrame =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly err: ErrorBody };

/** To the client without a request: one push, or several in the order in which they are to be applied. */
export type PushFrame = Push | { readonly pushes: readonly Push[] };

export type ServerFrame = ReplyFrame | PushFrame;

/** Serialises pushes into one frame. */
export function encodePushes(list: readonly Push[]): string {
  return list.length === 1 ? JSON.stringify(list[0]) : JSON.stringify({ pushes: list });
}

/** Lists the pushes of a frame, or null when it is a reply. */
export function pushesOf(frame: ServerFrame): readonly Push[] | null {
  if ("pushes" in frame) return frame.pushes;
  if ("push" in frame) return [frame];
  return null;
}
