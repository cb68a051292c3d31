import { listFeatures } from "./feature-contract/feature-list.ts";
import { identity } from "./features/identity/index.ts";
import { matching } from "./features/matching/index.ts";
import { presence } from "./features/presence/index.ts";
import { rooms } from "./features/rooms/index.ts";
import type { NodeDeps, NodePorts } from "./node/node-ports.ts";
import { startNode } from "./node/start-node.ts";

/**
 * The features of the product, in the order in which they build on each other: each may need those above it. A new one is
 * added here; its migrations, routes, commands and all the rest come with it.
 */
export const features = listFeatures<NodePorts>()
  // Who people are.
  .with(identity)
  // Everything said anywhere.
  .with(rooms)
  // Who is there.
  .with(presence)
  // Strangers who want to meet.
  .with(matching);

/** A running Maru. */
export type App = Awaited<ReturnType<typeof startApp>>;

/** Starts the product on a database that is up to date; resolves when it serves. */
export const startApp = (deps: NodeDeps) => startNode(features, deps);
