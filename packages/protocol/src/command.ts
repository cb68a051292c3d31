import type * as z from "zod";

/** `{input, output}` of a command; the gateway validates `input`, the conformance suite validates `output`. */
export function command<I extends z.ZodType, O extends z.ZodType>(doc: string, input: I, output: O) {
  return { doc, input, output };
}
