import type { LogLevel } from "../platform/log.ts";
import { flag, list, number, oneOf, optionalText, path, type Setting, text } from "./kinds.ts";

const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/**
 * Every setting, each once. The environment gives all of them; the command line gives those with a flag and wins.
 * `docs/operate/settings.md` is made from this table.
 */
export const settings = {
  port: number("MARU_PORT", "--port", 8080, { min: 0, max: 65_535 }, "Port to listen on; 0 takes a free one."),
  bind: text("MARU_BIND", "--bind", "127.0.0.1", "Address to listen on; `0.0.0.0` opens it to the network."),
  data: path(
    "MARU_DATA",
    "--data",
    "./data",
    "Folder for everything that is kept: database, keys, the operator's own texts.",
  ),
  origins: list(
    "MARU_ORIGIN",
    null,
    [],
    "Addresses under which people open Maru, separated by commas, such as `https://talk.example`. Empty: `http://localhost` and `http://127.0.0.1` on the port, and on `0.0.0.0` whatever address a page was opened under over plain http.",
  ),
  trustProxy: flag(
    "MARU_TRUST_PROXY",
    null,
    false,
    "Believe `X-Forwarded-For` and `X-Forwarded-Proto`. Only behind a proxy of yours that sets them.",
  ),
  databaseUrl: optionalText(
    "DATABASE_URL",
    null,
    "Postgres to use, `postgres://user:password@host/database`. Empty: an embedded one in the data folder.",
    true,
  ),
  busUrl: optionalText(
    "BUS_URL",
    null,
    "Bus between nodes, `nats://host:4222` or `redis://host:6379`. Empty: one node alone.",
    true,
  ),
  signingKeys: optionalText(
    "MARU_SIGNING_KEYS",
    null,
    "Private keys of access tokens as a JWK set, the current one first. Empty: made at the first start and kept in the data folder. Required with more than one node.",
    true,
  ),
  operatorName: text("MARU_OPERATOR_NAME", null, "", "Who runs this Maru; named in `/terms` and `/privacy`."),
  operatorContact: text(
    "MARU_OPERATOR_CONTACT",
    null,
    "",
    "How to reach the operator; named in `/terms` and `/privacy`.",
  ),
  logLevel: oneOf("MARU_LOG", null, "info", logLevels, "Least important lines that are written."),
} as const satisfies Record<string, Setting<unknown>>;

/** The settings in force. */
export type Config = {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never;
};
export type SettingKey = keyof typeof settings;
