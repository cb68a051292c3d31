export type { Arrival } from "./arrival.ts";
export { createGateway } from "./gateway.ts";
