import { findMessageTextFault, normalizeMessageText } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";

/**
 * Checks a message's text at the door and returns it as stored. Throws `message.empty`, `message.too_long`, or
 * `request.invalid` for what Postgres cannot hold: one such row would fail its whole batch.
 */
export function checkMessageText(text: string, max: number): string {
  const fault = findMessageTextFault(text, max);
  if (fault === "request.invalid") throw fail(fault, undefined, { fields: [{ path: "text", code: "invalid_text" }] });
  if (fault !== null) throw fail(fault, fault === "message.too_long" ? { max } : undefined);
  return normalizeMessageText(text);
}
