import { findSimilarWord } from "./did-you-mean.ts";
import { listServiceVariables } from "./service-variables.ts";
import { type Config, type SettingKey, settings } from "./settings.ts";

/** Everything that is wrong with the settings, in words, all at once. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings are not right:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

const keys = Object.keys(settings) as SettingKey[];

/** Reads the settings from the environment and the command line; throws {@link ConfigError} that names every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, args: readonly string[] = []): Config {
  const faults: string[] = [];
  const flags = readFlags(args, faults);
  const known = new Set<string>(keys.map((key) => settings[key].env));
  const skipped = new Set(listServiceVariables(env));
  for (const name of Object.keys(env)) {
    if (!name.startsWith("MARU_") || known.has(name) || internal.has(name) || skipped.has(name)) continue;
    faults.push(`${name} is not a setting${suggest(name, known)}`);
  }
  const config: Record<string, unknown> = {};
  for (const key of keys) {
    const setting = settings[key];
    const fromFlag = setting.flag === null ? undefined : flags.get(setting.flag);
    const value = fromFlag ?? (skipped.has(setting.env) ? undefined : env[setting.env]);
    const name = fromFlag === undefined ? setting.env : setting.flag;
    try {
      config[key] = value === undefined ? setting.fallback : setting.read(value);
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}.`);
      // So that what hangs together with the others is looked at all the same.
      config[key] = setting.fallback;
    }
  }
  const found = config as Config;
  faults.push(...findContradictions(found));
  if (faults.length > 0) throw new ConfigError(faults);
  return found;
}

/** Set by our own tools for our own processes. */
const internal = new Set(["MARU_DEV"]);

function findContradictions(config: Config): string[] {
  const faults: string[] = [];
  if (config.busUrl && !/^(nats|redis|rediss|tls):\/\//.test(config.busUrl)) {
    faults.push("BUS_URL must begin with nats:// or redis://.");
  }
  if (config.databaseUrl && !/^postgres(ql)?:\/\//.test(config.databaseUrl)) {
    faults.push("DATABASE_URL must begin with postgres://.");
  }
  if (config.busUrl && !config.databaseUrl) {
    faults.push("BUS_URL joins several nodes, and they need one database: set DATABASE_URL too.");
  }
  if (config.busUrl && !config.signingKeys) {
    faults.push("BUS_URL joins several nodes, and they need the same keys: set MARU_SIGNING_KEYS too.");
  }
  if (config.busUrl && !config.secretKey) {
    faults.push("BUS_URL joins several nodes, and they need the same secret: set MARU_SECRET_KEY too.");
  }
  if (config.secretKey && config.secretKey.length < 32)
    faults.push("MARU_SECRET_KEY must have at least 32 characters.");
  if (config.secretKey && config.secretKeysOld.includes(config.secretKey)) {
    faults.push(
      "MARU_SECRET_KEYS_OLD names the present secret too: take it out, or set MARU_SECRET_KEY to the new one.",
    );
  }
  if (config.smtpUrl && !/^[^<>]*<?[^\s<>@]+@[^\s<>@]+>?$/.test(config.mailFrom)) {
    faults.push(
      "MARU_SMTP_URL sends mails, and they need a sender: set MARU_MAIL_FROM, such as Maru <maru@talk.example>.",
    );
  }
  if (config.signingKeys && !isKeySet(config.signingKeys)) {
    faults.push('MARU_SIGNING_KEYS must be a JWK set, {"keys": […]}, as `./maru rotate-keys` prints it.');
  }
  if (config.googleClientId && !config.googleClientSecret) {
    faults.push("MARU_GOOGLE_CLIENT_ID needs its secret: set MARU_GOOGLE_CLIENT_SECRET too.");
  }
  if (config.kakaoClientId && !config.kakaoClientSecret) {
    faults.push("MARU_KAKAO_CLIENT_ID needs its secret: set MARU_KAKAO_CLIENT_SECRET too.");
  }
  if (config.providers && !isProviderList(config.providers)) {
    faults.push(
      "MARU_OIDC_PROVIDERS must be a JSON list of {id, name, issuer, clientId, clientSecret}, all of them texts.",
    );
  }
  return faults;
}

function isKeySet(text: string): boolean {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && Array.isArray((value as { keys?: unknown }).keys);
}

const providerFields = ["id", "name", "issuer", "clientId", "clientSecret"] as const;

function isProviderList(text: string): boolean {
  const value = parseJson(text);
  if (!Array.isArray(value)) return false;
  return value.every(
    (entry) =>
      typeof entry === "object" && entry !== null && providerFields.every((name) => typeof entry[name] === "string"),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readFlags(args: readonly string[], faults: string[]): Map<string, string> {
  const known = new Set(keys.map((key) => settings[key].flag).filter((name) => name !== null));
  const found = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = (args[i] as string).split(/=(.*)/s, 2) as [string, string | undefined];
    if (!known.has(name)) {
      faults.push(`${name} is not a flag${suggest(name, known)}`);
      // What follows was meant as its value.
      if (inline === undefined && name.startsWith("--") && args[i + 1]?.startsWith("--") === false) i++;
      continue;
    }
    const value = inline ?? args[++i];
    if (value === undefined || (inline === undefined && value.startsWith("--"))) faults.push(`${name} needs a value.`);
    else found.set(name, value);
  }
  return found;
}

function suggest(name: string, known: ReadonlySet<string>): string {
  const suggestion = findSimilarWord(name, known);
  return suggestion ? `; did you mean ${suggestion}?` : ".";
}
