export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured lines about what happens. Never give it tokens, passwords, message bodies or mail addresses. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to each line. */
  child(fields: LogFields): Log;
}

export type LogOptions = {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Words for people instead of JSON. */
  readonly isPretty?: boolean;
};

const levels: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Words in a name under which nothing is ever written: the last line of defence, not the first. */
const secretWords = new Set(
  "token tokens password passwords secret secrets cookie cookies authorization credential credentials email emails mail body text texts phone code codes otp jwk jwks payload".split(
    " ",
  ),
);

/** What gives itself away inside a text, and what stands there instead. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/?#]{0,300}@/gi, "$1[redacted]@"],
  [/\beyJ[\w-]{4,}\.[\w-]+(\.[\w-]*)?/g, "[redacted]"],
  [/\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi, "$1 [redacted]"],
  [/([?&;](?:[\w-]{0,40}(?:token|secret|password|key|sig|signature)|code|state)=)[^&\s"']+/gi, "$1[redacted]"],
  [/[\w.+%-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+/g, "[redacted]"],
];

export function createLog(options: LogOptions, inherited: LogFields = {}): Log {
  function write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (levels[level] < levels[options.level]) return;
    const all = redact({ ...inherited, ...fields });
    const at = new Date(options.now()).toISOString();
    const line = { at, level, message: shorten(message) };
    options.write(
      options.isPretty
        ? `${at.slice(11, 19)} ${level === "info" ? "" : `${level}: `}${line.message}${describe(all)}`
        : JSON.stringify({ ...line, ...all, ...line }),
    );
  }
  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    child: (fields) => createLog(options, { ...inherited, ...fields }),
  };
}

function describe(fields: Record<string, unknown>): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    return `${name}=${typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)}`;
  });
  return parts.length > 0 ? `  ${parts.join(" ")}` : "";
}

function redact(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSecret(name, value) ? "[redacted]" : readable(value, depth),
    ]),
  );
}

/**
 * Words are told apart by case, `_` or `-`: `accessToken` is a token, `context` is no text. What is named `code` alone is
 * kept when it reads like the code of an error, such as `room.not_found`, `ECONNREFUSED`, or the number of an exit.
 */
function isSecret(name: string, value: unknown): boolean {
  if (name === "code") return typeof value === "string" && !/^([a-z_]+\.[a-z_]+|[A-Z][A-Z_]+[A-Z0-9_]*)$/.test(value);
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => secretWords.has(word));
}

function readable(value: unknown, depth: number): unknown {
  if (typeof value === "string") return shorten(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (value instanceof URL) return shorten(value.href);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= 3) return "[…]";
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => readable(item, depth + 1));
  return redact(value, depth + 1);
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  return {
    name: error.name,
    message: shorten(error.message),
    code: readable(code, depth + 1),
    errno: readable(errno, depth + 1),
    // Where, without the words above it: they are the message again.
    stack: error.stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 5)
      .join("\n"),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: readable(error.cause, depth + 1) }),
  };
}

function shorten(text: string): string {
  // Much is looked at and little is kept, so that no cut leaves half a secret that is not known for one.
  const safe = secretTexts.reduce((left, [found, instead]) => left.replace(found, instead), text.slice(0, 4_000));
  return safe.length > 500 || text.length > 4_000 ? `${safe.slice(0, 500)}…` : safe;
}

/** A log that keeps nothing, for tests that do not look at it. */
export const silentLog: Log = createLog({ level: "error", write: () => {}, now: () => 0 });
