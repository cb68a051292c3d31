export { palette } from "./feature.ts";
