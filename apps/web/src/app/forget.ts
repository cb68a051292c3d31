import type { WebFeature } from "../shell/feature.ts";
import { features } from "./features.ts";

/** Has every feature forget what it keeps on this device. */
export function forgetAll(): void {
  for (const { forget } of features as readonly WebFeature[]) forget?.();
}
