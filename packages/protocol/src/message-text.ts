import { closeDirections } from "./directions.ts";
import { countCharacters, isBlankText, isStorableText } from "./text.ts";

/** Why a text cannot be sent: the codes of the catalogue. */
export type MessageTextFault = "request.invalid" | "message.empty" | "message.too_long";

/** A message's text as stored: line ends `\n`, every change of direction closed where its line ends. */
export function normalizeMessageText(text: string): string {
  return closeDirections(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
}

/** A text as it was meant: without empty lines around it. The first line keeps its indent, which pasted code needs. */
export function trimMessageText(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}

/** Why a text cannot be a message of at most `max` characters, or null. The same on the server, in the SDK and on the page. */
export function findMessageTextFault(text: string, max: number): MessageTextFault | null {
  if (!isStorableText(text)) return "request.invalid";
  if (isBlankText(text)) return "message.empty";
  return text.length > max && countCharacters(text) > max ? "message.too_long" : null;
}
