import { createContext, type ReactNode, use } from "react";
import type { LazyModule } from "./lazy-module.ts";

/** Kinds of what can be found, in the order in which they are shown. */
export const paletteGroups = ["rooms", "actions", "places", "people"] as const;

export type PaletteGroup = (typeof paletteGroups)[number];

/** One thing that can be gone to or done. */
export type PaletteEntry = {
  readonly key: string;
  readonly group: PaletteGroup;
  readonly label: string;
  readonly icon: ReactNode;
  /** Other words that find it. */
  readonly hints?: string;
  /** Stands there before anything is looked for. */
  readonly isOffered?: boolean;
  readonly run: () => void;
};

/** What a feature lets people find; a hook. `query` is what they have typed, for what is made from it. */
export type UsePaletteEntries = (query: string) => readonly PaletteEntry[];

/** Comes with the first search. */
export type PaletteSource = LazyModule<UsePaletteEntries>;

const SourcesContext = createContext<readonly PaletteSource[]>([]);

/** Gives the search what features let people find. */
export const PaletteSourcesProvider = SourcesContext;

/** What features let people find. The list is made once, and never changes. */
export function usePaletteSources(): readonly PaletteSource[] {
  return use(SourcesContext);
}
