export { describeConfig, renderSettingsTable } from "./describe-settings.ts";
export { ConfigError, readConfig } from "./read-config.ts";
export type { Config } from "./settings.ts";
