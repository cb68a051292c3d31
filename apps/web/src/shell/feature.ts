import type { AnyRoute } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { BannerSource } from "./frame/banners.ts";
import type { NavigationEntry } from "./frame/navigation.ts";
import type { Slots } from "./frame/slots.tsx";
import type { LandingKind } from "./landing-kind.ts";
import type { LazyModule } from "./lazy-module.ts";
import type { PaletteSource } from "./palette-entry.ts";

/**
 * What a feature registers with the app; `app/features.ts` lists them. Whatever is named here is part of every first load, so it
 * stays small: the rest comes with `signedIn`, or with the routes that show it.
 */
export type WebFeature = {
  readonly name: string;
  /** Its addresses, each below `rootRoute`. */
  readonly routes: readonly AnyRoute[];
  /** The kinds of conversation that it brings, as the first page presents them. */
  readonly landing?: readonly LandingKind[];
  /**
   * What it brings into the house of whoever is signed in. Comes together with the frame: its screens change without a
   * blink, and without network.
   */
  readonly signedIn?: LazyModule<{ readonly parts: SignedInParts }>;
  /** Forgets what it keeps on this device: the next person here must not find it. */
  readonly forget?: () => void;
};

/** What a feature brings into the house of whoever is signed in. */
export type SignedInParts = {
  /** Its places in the rail and in the tab bar. */
  readonly navigation?: readonly NavigationEntry[];
  /** What it adds to the named places of a conversation. */
  readonly slots?: Partial<Slots>;
  /** What it lets people find and do by the search over everything. */
  readonly palette?: PaletteSource;
  /** What it has to say above every page. */
  readonly banners?: readonly BannerSource[];
  /** Drawn beside every page: what listens, and what lies over the page. */
  readonly overlays?: readonly ComponentType[];
  /** Fetches, while the page is idle, what opens at a press. */
  readonly prefetch?: () => Promise<unknown>;
};
