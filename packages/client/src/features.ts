import type { ClientCore } from "./core.ts";
import { createMatching } from "./matching.ts";

/** What a client has besides account and rooms, by the name that programs call it. A new feature is added here, and nowhere else. */
export const clientFeatures = {
  match: createMatching,
} as const;

export type ClientFeatures = {
  readonly [N in keyof typeof clientFeatures]: ReturnType<(typeof clientFeatures)[N]>;
};

/** Makes all features of a client, in their order. */
export function createFeatures(core: ClientCore): ClientFeatures {
  const made = Object.entries(clientFeatures).map(([name, create]) => [name, create(core)]);
  return Object.fromEntries(made) as ClientFeatures;
}
