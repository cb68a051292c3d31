import type { SignedInParts } from "../shell/feature.ts";

/** Puts together what the features bring, in their order; places go by rank. */
export function joinParts(parts: readonly SignedInParts[]) {
  const navigation = parts.flatMap((part) => part.navigation ?? []);
  return {
    navigation: navigation.toSorted((one, other) => one.rank - other.rank),
    banners: parts.flatMap((part) => part.banners ?? []),
    overlays: parts.flatMap((part) => part.overlays ?? []),
    slots: parts.map((part) => part.slots),
    palette: parts.flatMap((part) => part.palette ?? []),
    prefetch: parts.flatMap((part) => part.prefetch ?? []),
  };
}

/** What all features together bring into the layout of whoever is signed in. */
export type JoinedParts = ReturnType<typeof joinParts>;
