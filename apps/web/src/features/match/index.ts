export { match } from "./feature.tsx";
