import { limits } from "@maru/protocol";
import type { RawCommand } from "./codec.ts";

/** Reads a frame; null when it is not a JSON object with a whole number `id` and a string `cmd`. */
export function readFrame(text: string): RawCommand | null {
  if (isTooDeep(text, limits.frameDepth)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { id, cmd, d } = value as { id?: unknown; cmd?: unknown; d?: unknown };
  if (!Number.isSafeInteger(id) || (id as number) < 0 || typeof cmd !== "string") return null;
  return { id: id as number, cmd, d: d ?? {} };
}

/** Whether a frame is over the limit in bytes; counts bytes only where characters leave it open. */
export function isTooLarge(text: string): boolean {
  if (text.length > limits.frameBytes) return true;
  return text.length * 3 > limits.frameBytes && Buffer.byteLength(text) > limits.frameBytes;
}

const quote = 34;
const backslash = 92;

/**
 * Finds deep nesting before the parser does: 64 kB of open brackets cost the parser 9 ms, and this 17 characters.
 */
function isTooDeep(text: string, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) {
      for (i++; i < text.length; i++) {
        const inner = text.charCodeAt(i);
        if (inner === backslash) i++;
        else if (inner === quote) break;
      }
    } else if (c === 91 || c === 123) {
      if (++depth > max) return true;
    } else if (c === 93 || c === 125) {
      depth--;
    }
  }
  return false;
}
