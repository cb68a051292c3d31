export { describeConfig, renderSettingsTable } from "./describe-settings.ts";
export { findSimilarWord } from "./did-you-mean.ts";
export { ConfigError, readConfig } from "./read-config.ts";
export { listServiceVariables } from "./service-variables.ts";
export { type Config, settings } from "./settings.ts";
