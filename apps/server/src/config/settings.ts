import type { LogLevel } from "../platform/log.ts";
import {
  address,
  bindAddress,
  listenAddress,
  number,
  oneOf,
  optionalText,
  origins,
  path,
  proxyTrust,
  type Setting,
  secrets,
  someOf,
  text,
} from "./kinds.ts";

const signUpModes = ["open", "invite", "closed"] as const;
const nodeRoles = ["web", "gateway", "worker"] as const;
const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/**
 * Every setting, each once. The environment gives all of them; the command line gives those with a flag and wins.
 * `docs/operate/settings.md` is made from this table.
 */
export const settings = {
  port: number("MARU_PORT", "--port", 8080, { min: 0, max: 65_535 }, "Port to listen on; 0 takes a free one."),
  bind: bindAddress("MARU_BIND", "--bind", "127.0.0.1", "Address to listen on; `0.0.0.0` opens it to the network."),
  data: path(
    "MARU_DATA",
    "--data",
    "./data",
    "Folder for everything that is kept: database, keys, the operator's own texts.",
  ),
  origins: origins(
    "MARU_ORIGIN",
    null,
    [],
    "Addresses under which people open Maru, separated by commas, such as `https://talk.example`; each by itself, without a path or wildcard. Empty: the address that the start prints, and on `0.0.0.0` whatever address a page was opened under over plain http.",
  ),
  trustProxy: proxyTrust(
    "MARU_TRUST_PROXY",
    null,
    "Whom to believe about clients' addresses in `X-Forwarded-For`, `Forwarded` and `X-Forwarded-Proto`: `yes` means one proxy of yours in front, `2` two in a row, and so on; or the networks your proxies are in, such as `10.0.0.0/8,fd00::/8`.",
  ),
  databaseUrl: optionalText(
    "DATABASE_URL",
    null,
    "Postgres to use, `postgres://user:password@host/database`. Empty: an embedded one in the data folder.",
    true,
  ),
  roles: someOf(
    "MARU_ROLES",
    "--roles",
    nodeRoles,
    "What this process does: `web` answers HTTP and serves the web app, `gateway` holds sockets at `/realtime`, `worker` pairs, sends mail and clears away. Every role must run somewhere; all of them do in one process unless said.",
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
  secretKey: optionalText(
    "MARU_SECRET_KEY",
    null,
    "Secret of at least 32 characters that seals what must not be read from the database alone: waiting mails, authenticator secrets. Empty: made at the first start and kept in the data folder. Required with more than one node. To change it: docs/operate/secret-key.md.",
    true,
  ),
  secretKeysOld: secrets(
    "MARU_SECRET_KEYS_OLD",
    null,
    32,
    'Other secrets that open what is sealed under them, and seal nothing: earlier ones while the secret changes. Separated by commas, or a JSON list such as `["…"]` where one has a comma in it.',
  ),
  signUp: oneOf(
    "MARU_SIGN_UP",
    null,
    "open",
    signUpModes,
    "Who may make an account: everybody, whoever has a code of `./maru invite`, or nobody but whom the operator makes one for.",
  ),
  smtpUrl: address(
    "MARU_SMTP_URL",
    null,
    ["smtp:", "smtps:"],
    "Mail server, `smtp://user:password@host:587` or `smtps://user:password@host:465`. Empty: no mail is sent, e-mails are not verified and forgotten passwords cannot be reset.",
    true,
  ),
  mailFrom: text(
    "MARU_MAIL_FROM",
    null,
    "",
    "Sender of mails, such as `Maru <maru@talk.example>`. Needed with a mail server.",
  ),
  googleClientId: text("MARU_GOOGLE_CLIENT_ID", null, "", "Client id of Google sign-in. Empty: it is not offered."),
  googleClientSecret: optionalText("MARU_GOOGLE_CLIENT_SECRET", null, "Client secret of Google sign-in.", true),
  kakaoClientId: text("MARU_KAKAO_CLIENT_ID", null, "", "REST API key of Kakao sign-in. Empty: it is not offered."),
  kakaoClientSecret: optionalText("MARU_KAKAO_CLIENT_SECRET", null, "Client secret of Kakao sign-in.", true),
  providers: optionalText(
    "MARU_OIDC_PROVIDERS",
    null,
    'Further OpenID Connect providers, a JSON list of `{"id", "name", "issuer", "clientId", "clientSecret"}`.',
    true,
  ),
  sessionDays: number(
    "MARU_SESSION_DAYS",
    null,
    180,
    { min: 1, max: 3_650 },
    "Days after which a device has to sign in again, however much it is used. Without use it is sixty.",
  ),
  eraseAfterDays: number(
    "MARU_ERASE_AFTER_DAYS",
    null,
    7,
    { min: 0, max: 365 },
    "Days between a person's leaving and the erasure of what is held on them.",
  ),
  operatorName: text("MARU_OPERATOR_NAME", null, "", "Who runs this Maru; named in `/terms` and `/privacy`."),
  operatorContact: text(
    "MARU_OPERATOR_CONTACT",
    null,
    "",
    "How to reach the operator; named in `/terms` and `/privacy`.",
  ),
  metrics: listenAddress(
    "MARU_METRICS",
    null,
    "Where `GET /metrics` answers Prometheus: a port of this machine, such as `9464`, or an address and a port, `10.0.0.5:9464`, that others reach too. Empty: nowhere.",
  ),
  logLevel: oneOf("MARU_LOG", null, "info", logLevels, "Least important lines that are written."),
} as const satisfies Record<string, Setting<unknown>>;

/** The settings in force. */
export type Config = {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never;
};
export type SettingKey = keyof typeof settings;
