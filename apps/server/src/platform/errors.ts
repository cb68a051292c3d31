import {
  describeError,
  type ErrorBody,
  type ErrorCode,
  type ErrorParams,
  errors,
  type FieldFault,
  type Locale,
  toErrorBody,
} from "@maru/protocol";

/** What may accompany an error code on its way to a client. */
export type ErrorDetails = {
  readonly fields?: readonly FieldFault[];
  /** How long to wait before trying again, in ms. */
  readonly retryAfterMs?: number;
  /** What led to it; logged, never sent. */
  readonly cause?: unknown;
};

/** An error of the catalogue: the only kind that a client gets as it is. */
export class MaruError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly fields: readonly FieldFault[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly status: number;
  readonly temporary: boolean;

  constructor(code: ErrorCode, params: ErrorParams = {}, details: ErrorDetails = {}) {
    super(describeError(code, "en", params), { cause: details.cause });
    this.name = "MaruError";
    this.code = code;
    this.params = params;
    this.fields = details.fields;
    this.retryAfterMs = details.retryAfterMs;
    this.status = errors[code].status;
    this.temporary = errors[code].temporary;
  }

  /** The wire form in one language. */
  toBody(locale: Locale, requestId?: string): ErrorBody {
    return toErrorBody(this.code, locale, {
      ...(Object.keys(this.params).length > 0 ? { params: this.params } : {}),
      ...(this.fields ? { fields: this.fields } : {}),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}

/** Makes an error of the catalogue, to be thrown: `throw fail("message.too_long", { max: 4000 })`. */
export function fail(code: ErrorCode, params?: ErrorParams, details?: ErrorDetails): MaruError {
  return new MaruError(code, params, details);
}
