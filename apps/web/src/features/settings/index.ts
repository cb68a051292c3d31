export { settings } from "./feature.ts";
export { useChooseLocale } from "./use-choose-locale.ts";
export { useSignOut } from "./use-sign-out.ts";
