export { match } from "./feature.tsx";
export { useRequestMatch } from "./use-request-match.ts";
