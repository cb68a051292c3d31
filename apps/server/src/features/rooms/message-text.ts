import { countCharacters, isStorableText } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";

/** What a person would see as nothing: spaces, line ends, format characters and the fillers that look like them. */
const blank = /^[\s\p{Cc}\p{Cf}\u115F\u1160\u2800\u3164\uFFA0]*$/u;

/**
 * Checks a message's text at the door and returns it as stored, line ends made `\n`. Throws `message.empty`,
 * `message.too_long`, or `request.invalid` for what Postgres cannot hold: one such row would fail its whole batch.
 */
export function checkMessageText(text: string, max: number): string {
  if (!isStorableText(text))
    throw fail("request.invalid", undefined, { fields: [{ path: "text", code: "invalid_text" }] });
  const normal = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  if (blank.test(normal)) throw fail("message.empty");
  if (normal.length > max && countCharacters(normal) > max) throw fail("message.too_long", { max });
  return normal;
}
