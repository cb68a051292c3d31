import { findInName } from "@maru/ui";
import { type PaletteEntry, type PaletteGroup, paletteGroups } from "../../shell/palette-entry.ts";

/** Most of a kind shown at once: more letters narrow it further. */
const shownOfGroup: Record<PaletteGroup, number> = { rooms: 6, actions: 6, places: 6, people: 1 };

/** Finds by what has been typed so far; names that begin with it come first, other words that only hint at it last. */
export function findEntries(entries: readonly PaletteEntry[], query: string): readonly PaletteEntry[] {
  const wanted = query.trim();
  const ranked = entries.flatMap((entry) => {
    const rank = rankOf(entry, wanted);
    return rank === null ? [] : [{ entry, rank }];
  });
  return paletteGroups.flatMap((group) =>
    ranked
      .filter(({ entry }) => entry.group === group)
      .sort((one, other) => one.rank - other.rank)
      .slice(0, shownOfGroup[group])
      .map(({ entry }) => entry),
  );
}

function rankOf(entry: PaletteEntry, wanted: string): number | null {
  if (wanted === "") return entry.isOffered ? 0 : null;
  // Made for this very query.
  if (entry.group === "people") return 0;
  const at = findInName(entry.label, wanted);
  if (at >= 0) return at === 0 ? 0 : 1;
  const isHinted = entry.hints?.split(" ").some((hint) => findInName(hint, wanted) === 0) ?? false;
  return isHinted ? 2 : null;
}
