import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { createClient } from "@maru/client";
import { type Checkout, prepareCheckout } from "../../bench/against/checkout.ts";

/** How long the commit before may take to be built where that has not been done yet, in ms. */
export const buildMs = 240_000;

/** The commit before, built beside this checkout: what people have in their pages, bots and clusters while they update. */
export type Reference = Checkout & {
  /** Folder of its built web app. */
  readonly webRoot: string;
  /** Runs one of its modules in this process, over its own packages. Its types are the caller's word. */
  load<T>(path: string): Promise<T>;
};

/** Builds the commit that `reference-commit` names, or takes the build that is there. */
export async function openReference(): Promise<Reference> {
  const commit = readFileSync(join(import.meta.dir, "reference-commit"), "utf8").trim();
  const checkout = await prepareCheckout(commit, () => {});
  const { root } = checkout;
  return { ...checkout, webRoot: join(root, "apps/web/dist"), load: (path) => import(join(root, path)) };
}

/** The SDK of the commit before. It has what these scenarios use of today's. */
export async function loadClient(reference: Reference): Promise<typeof createClient> {
  const sdk = await reference.load<{ readonly createClient: typeof createClient }>("packages/client/src/index.ts");
  return sdk.createClient;
}
