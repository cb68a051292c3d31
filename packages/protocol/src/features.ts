import { identityConstants } from "./identity/constants.ts";
import { identityProtocol } from "./identity/protocol.ts";
import { matchingConstants } from "./matching/constants.ts";
import { matchingProtocol } from "./matching/protocol.ts";
import { presenceConstants } from "./presence/constants.ts";
import { presenceProtocol } from "./presence/protocol.ts";
import { roomsConstants } from "./rooms/constants.ts";
import { roomsProtocol } from "./rooms/protocol.ts";

// What clients see of each feature. A new one is added in this file, and nowhere else.
export * from "./identity/entities.ts";
export * from "./matching/entities.ts";
export * from "./presence/entities.ts";
export { roomsCommandRoutes } from "./rooms/command-routes.ts";
export * from "./rooms/entities.ts";
export * from "./rooms/message-extra-kinds.ts";

/** Limits, errors and paths, apart from all schemas: clients load them. */
export const featureConstants = {
  identity: identityConstants,
  rooms: roomsConstants,
  presence: presenceConstants,
  matching: matchingConstants,
} as const;

/** Commands, pushes and what else is validated. */
export const featureProtocols = {
  identity: identityProtocol,
  rooms: roomsProtocol,
  presence: presenceProtocol,
  matching: matchingProtocol,
} as const;
