import type * as z from "zod";
import type { Locale } from "./error-entry.ts";

/**
 * A kind of content that a message carries beside its text: what it holds, and `fallback`, which makes the text of a message
 * that was sent without one. A kind without `fallback` is sent with a text, which says everything to who does not know the kind.
 */
export type MessageExtraKind<S extends z.ZodObject = z.ZodObject> = {
  readonly doc: string;
  readonly body: S;
  fallback?(body: z.output<S>, locale: Locale): string;
};

/** Declares a kind of content. */
export function messageExtraKind<S extends z.ZodObject>(kind: MessageExtraKind<S>): MessageExtraKind<S> {
  return kind;
}

/** The version of how content beside the text is written; a kind that changes its meaning takes another name instead. */
export const messageExtraVersion = 1;

/** Measures what a message carries beside its text as limits do: the bytes of its JSON. */
export function countExtraBytes(extra: object): number {
  return new TextEncoder().encode(JSON.stringify(extra)).length;
}
