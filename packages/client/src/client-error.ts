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

/** A code of the catalogue, or `unknown`: the server is newer than this client and has one that it lacks. */
export type ClientErrorCode = ErrorCode | "unknown";

/** An error as it is kept with what it befell. */
export type ClientErrorBody = Omit<ErrorBody, "code"> & { readonly code: ClientErrorCode };

/** Longest wait that is taken from a server, in ms; and the shortest, so that nothing is repeated without pause. */
const [longestWaitMs, shortestWaitMs] = [3_600_000, 50];

/**
 * What went wrong, by the catalogue; `temporary` says whether the same call may succeed later.
 *
 * @example
 * try {
 *   maru.rooms.send(roomId, text);
 * } catch (error) {
 *   if (error instanceof MaruClientError) alert(error.describe("en"));
 * }
 */
export class MaruClientError extends Error {
  readonly code: ClientErrorCode;
  readonly params: ErrorParams;
  readonly temporary: boolean;
  readonly fields: readonly FieldFault[];
  readonly retryAfterMs: number | undefined;

  constructor(body: Pick<ClientErrorBody, "code"> & Partial<ClientErrorBody>) {
    super(body.message ?? describeErrorBody(body, "en"));
    this.name = "MaruClientError";
    this.code = body.code;
    this.params = body.params ?? {};
    this.temporary = body.temporary ?? (body.code !== "unknown" && errors[body.code].temporary);
    this.fields = body.fields ?? [];
    this.retryAfterMs = body.retryAfterMs;
  }

  /** The catalogue's words in one language; the server's own where the catalogue lacks the code. */
  describe(locale: Locale): string {
    return describeErrorBody(this, locale);
  }

  toBody(): ClientErrorBody {
    return { code: this.code, message: this.message, temporary: this.temporary, params: this.params };
  }
}

/**
 * The words for an error as it was kept.
 *
 * @example
 * const words = describeErrorBody({ code: "room.closed" }, "en");
 */
export function describeErrorBody(
  { code, params, message }: Pick<ClientErrorBody, "code"> & Partial<Pick<ClientErrorBody, "params" | "message">>,
  locale: Locale,
): string {
  if (isErrorCode(code)) return describeError(code, locale, params);
  return message ?? describeError("server.internal", locale);
}

/** No answer of ours came: the network, a proxy, or the server is away. */
export function unreachable(): MaruClientError {
  return new MaruClientError({ code: "server.unavailable" });
}

/** The answer has a word without which nothing can go on, and which only a newer client knows. */
export function outdated(): MaruClientError {
  return new MaruClientError({ code: "client.outdated" });
}

/** Whatever was thrown, as an error of the catalogue: nothing else leaves the client. */
export function toClientError(thrown: unknown): MaruClientError {
  return thrown instanceof MaruClientError ? thrown : unreachable();
}

/** Reads the error out of an answer's JSON; what has not its shape came from something between us and the server. */
export function readErrorAnswer(value: unknown): MaruClientError {
  return isRecord(value) ? readErrorBody(value.error) : unreachable();
}

/** Reads an error as the server words it. */
export function readErrorBody(body: unknown): MaruClientError {
  if (!isRecord(body)) return unreachable();
  const { code, message, temporary, params, fields, retryAfterMs } = body;
  if (typeof code !== "string") return unreachable();
  const isKnown = isErrorCode(code);
  // Others word errors alike: ours are `noun.reason` and say whether they pass.
  const isOurs = /^[a-z_]+\.[a-z_]+$/.test(code) && typeof message === "string" && typeof temporary === "boolean";
  if (!isKnown && !isOurs) return unreachable();
  return new MaruClientError({
    code: isKnown ? code : "unknown",
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof temporary === "boolean" ? { temporary } : {}),
    params: readParams(params),
    fields: Array.isArray(fields) ? fields.filter(isFieldFault) : [],
    ...(Number.isFinite(retryAfterMs) ? { retryAfterMs: clampWait(retryAfterMs as number) } : {}),
  });
}

function clampWait(ms: number): number {
  return Math.min(longestWaitMs, Math.max(shortestWaitMs, ms));
}

function readParams(params: unknown): ErrorParams {
  if (!isRecord(params)) return {};
  const isPlain = ([, value]: [string, unknown]) => ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(Object.entries(params).filter(isPlain)) as ErrorParams;
}

function isFieldFault(value: unknown): value is FieldFault {
  return isRecord(value) && typeof value.path === "string" && typeof value.code === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Errors that say somebody ended the sign-in, rather than that it ran out or is not known any more. */
export function isEndedBySomebody(error: MaruClientError): boolean {
  return error.code === "auth.revoked" || error.code === "account.suspended";
}

/** Errors that say the sign-in is over rather than this one request refused. */
export function isEnd(error: MaruClientError): boolean {
  return ["auth.invalid", "auth.revoked", "account.suspended"].includes(error.code);
}
