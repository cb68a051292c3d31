export { createGateway, type Gateway } from "./gateway.ts";
export type { SocketContext } from "./transports/bun-transport.ts";
