import { baseErrors } from "./base-errors.ts";
import type { ErrorEntry, Locale } from "./error-entry.ts";
import { mergeParts } from "./feature-protocol.ts";
import { featureConstants } from "./features.ts";

export type { ErrorEntry } from "./error-entry.ts";

/**
 * The catalogue of errors: `noun.reason`. Nothing else ever reaches a client. `{name}` in a text is filled from
 * the error's `params`.
 */
export const errors = { ...baseErrors, ...mergeParts(featureConstants, "errors") } satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;
export type ErrorParams = Readonly<Record<string, string | number | boolean>>;

/** One wrong field of a request; `path` is dotted, `code` is an error code or a word of the validator. */
export type FieldFault = { readonly path: string; readonly code: string };

/** The one shape of an error on every door: `{error: ErrorBody}` over HTTP, `{id, err: ErrorBody}` on the socket. */
export type ErrorBody = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly temporary: boolean;
  readonly params?: ErrorParams;
  readonly fields?: readonly FieldFault[];
  /** How long to wait before trying again, in ms. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
};

export type { Locale };

/** Renders the catalogue's text of an error in one language with its parameters filled in. */
export function describeError(code: ErrorCode, locale: Locale, params: ErrorParams = {}): string {
  return errors[code][locale].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Builds the wire form of an error. */
export function toErrorBody(code: ErrorCode, locale: Locale, extra: Omit<Partial<ErrorBody>, "code" | "message" | "temporary"> = {}): ErrorBody {
  return { code, message: describeError(code, locale, extra.params), temporary: errors[code].temporary, ...extra };
}

/** Whether a word is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}
