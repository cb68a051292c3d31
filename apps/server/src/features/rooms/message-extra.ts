import {
  countExtraBytes,
  isStorableText,
  type Limits,
  type Locale,
  type MessageExtra,
  type MessageExtraKind,
  messageExtraVersion,
} from "@maru/protocol";
import { fail } from "../../platform/errors.ts";

/** Kinds of content by their names: those of the protocol, or those of a test. */
export type MessageExtraKinds = { readonly [name: string]: MessageExtraKind };
/** What a client gives beside the text. */
export type GivenExtra = { readonly v: number; readonly [kind: string]: unknown };

/**
 * Checks what a message is to carry beside its text and returns it as stored, or null where that is nothing. Throws
 * `message.extra_unknown`, `message.extra_too_large`, or `request.invalid` for what a kind does not allow or Postgres cannot
 * hold: one such row would fail its whole batch.
 */
export function checkMessageExtra(
  given: GivenExtra,
  kinds: MessageExtraKinds,
  { messageExtraBytes: max }: Pick<Limits, "messageExtraBytes">,
): MessageExtra | null {
  if (given.v !== messageExtraVersion) throw failUnknown("v");
  const names = Object.keys(given).filter((name) => name !== "v");
  if (names.length === 0) return null;
  const bodies = names.map((name): [string, unknown] => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw failUnknown(name);
    const read = kind.body.safeParse(given[name]);
    const [issue] = read.error?.issues ?? [];
    if (issue) throw failInvalid([name, ...issue.path].join("."), issue.code);
    if (!isStorable(read.data)) throw failInvalid(name, "invalid_text");
    return [name, read.data];
  });
  const extra = { v: messageExtraVersion, ...Object.fromEntries(bodies) } as MessageExtra;
  if (countExtraBytes(extra) > max) throw fail("message.extra_too_large", { max });
  return extra;
}

/** The text of a message that was sent without one: what its kinds of content say in the sender's language. */
export function writeFallback(extra: MessageExtra, kinds: MessageExtraKinds, locale: Locale): string {
  const texts = Object.entries(extra).map(([name, body]) => kinds[name]?.fallback?.(body as never, locale) ?? "");
  return texts.filter((text) => text !== "").join("\n");
}

function isStorable(value: unknown): boolean {
  if (typeof value === "string") return isStorableText(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, held]) => isStorableText(name) && isStorable(held));
}

function failUnknown(name: string): Error {
  return fail("message.extra_unknown", undefined, {
    fields: [{ path: `extra.${name.slice(0, 64)}`, code: "unknown" }],
  });
}

function failInvalid(path: string, code: string): Error {
  return fail("request.invalid", undefined, { fields: [{ path: `extra.${path}`, code }] });
}
