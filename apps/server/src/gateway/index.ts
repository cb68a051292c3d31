export { createGateway, type Gateway } from "./gateway.ts";
export type { Handshake } from "./handshake.ts";
