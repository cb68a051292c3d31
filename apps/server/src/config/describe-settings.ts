import { type Config, type SettingKey, settings } from "./settings.ts";

const keys = Object.keys(settings) as SettingKey[];

/** The table of `docs/operate/settings.md`. */
export function renderSettingsTable(): string {
  const rows = keys.map((key) => {
    const { env, flag, kind, doc } = settings[key];
    return `| \`${env}\` | ${flag ? `\`${flag}\`` : ""} | ${kind} | ${describeFallback(key)} | ${doc} |`;
  });
  return ["| environment | flag | value | default | meaning |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** The settings in force, a line each, without secrets. */
export function describeConfig(config: Config): string {
  return keys
    .map((key) => {
      const { env, isSecret } = settings[key];
      const value = config[key];
      const isEmpty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
      const shown = isEmpty ? "(empty)" : isSecret ? "(set)" : Array.isArray(value) ? value.join(",") : String(value);
      return `${env.padEnd(22)} ${shown}`;
    })
    .join("\n");
}

function describeFallback(key: SettingKey): string {
  const { fallback } = settings[key];
  if (key === "data") return "`./data`";
  if (fallback === null || fallback === "" || (Array.isArray(fallback) && fallback.length === 0)) return "";
  if (key === "trustProxy") return "no";
  return `\`${fallback}\``;
}
