export type { Arrival } from "./arrival.ts";
export { createGateway, type Gateway } from "./gateway.ts";
