import {
  describeError,
  type ErrorBody,
  type ErrorCode,
  type ErrorParams,
  errors,
  type FieldFault,
  isErrorCode,
  type Locale,
} from "@maru/protocol";

/** What went wrong, by the catalogue; `temporary` says whether the same call may succeed later. */
export class MaruClientError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly temporary: boolean;
  readonly fields: readonly FieldFault[];
  readonly retryAfterMs: number | undefined;

  constructor(body: Pick<ErrorBody, "code"> & Partial<ErrorBody>) {
    super(body.message ?? describeError(body.code, "en", body.params));
    this.name = "MaruClientError";
    this.code = body.code;
    this.params = body.params ?? {};
    this.temporary = body.temporary ?? errors[body.code].temporary;
    this.fields = body.fields ?? [];
    this.retryAfterMs = body.retryAfterMs;
  }

  /** The catalogue's words in one language. */
  describe(locale: Locale): string {
    return describeError(this.code, locale, this.params);
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, temporary: this.temporary, params: this.params };
  }
}

/** No answer came: the network, a proxy, or the server is away. */
export function unreachable(): MaruClientError {
  return new MaruClientError({ code: "server.unavailable" });
}

/** Reads an error out of an answer's JSON; what has no such shape came from something between us and the server. */
export function readErrorBody(value: unknown): MaruClientError {
  if (typeof value === "object" && value !== null && "error" in value) {
    const body = value.error as Partial<ErrorBody> | null;
    if (body && typeof body.code === "string" && isErrorCode(body.code))
      return new MaruClientError({ ...body, code: body.code });
  }
  return unreachable();
}
