export type { Connection } from "./connection.ts";
export { type Authenticator, createGateway, type Gateway, type GatewayDeps, type GatewayStats } from "./gateway.ts";
export type { CommandHandler } from "./registry.ts";
export type { Arrival } from "./upgrade.ts";
