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

/** Names under which nothing is ever written: the last line of defence, not the first. */
const secretName = /token|password|secret|cookie|authorization|email|body|text/i;

export function createLog(options: LogOptions, inherited: LogFields = {}): Log {
  function write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (levels[level] < levels[options.level]) return;
    const all = redact({ ...inherited, ...fields });
    const at = new Date(options.now()).toISOString();
    options.write(
      options.isPretty
        ? `${at.slice(11, 19)} ${level === "info" ? "" : `${level}: `}${message}${describe(all)}`
        : JSON.stringify({ at, level, message, ...all }),
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

function redact(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    out[name] = secretName.test(name) ? "[redacted]" : readable(value, 0);
  }
  return out;
}

function readable(value: unknown, depth: number): unknown {
  if (value instanceof Error) {
    const { code, errno } = value as { code?: unknown; errno?: unknown };
    return {
      name: value.name,
      message: value.message,
      code,
      errno,
      stack: value.stack?.split("\n").slice(1, 6).join("\n"),
    };
  }
  if (typeof value === "string") return value.length > 500 ? `${value.slice(0, 500)}…` : value;
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  if (depth >= 3) return "[…]";
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => readable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretName.test(name) ? "[redacted]" : readable(inner, depth + 1),
    ]),
  );
}

/** A log that keeps nothing, for tests that do not look at it. */
export const silentLog: Log = createLog({ level: "error", write: () => {}, now: () => 0 });
