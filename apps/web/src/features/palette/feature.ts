import type { WebFeature } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";

/** The search over everything and the list of keys. */
export const palette = {
  name: "palette",
  routes: [],
  signedIn: createLazyModule(() => import("./signed-in.tsx")),
} satisfies WebFeature;
