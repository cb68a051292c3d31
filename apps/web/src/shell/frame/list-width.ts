import { useState } from "react";
import { readSetting, writeSetting } from "../storage.ts";

/** What the list pane may measure, in rem. */
export const listRem = { least: 17.5, most: 22.5, usual: 22 } as const;

/** A width within its bounds; the usual one for what is none. */
export function clampListRem(rem: number): number {
  if (!Number.isFinite(rem)) return listRem.usual;
  return Math.min(listRem.most, Math.max(listRem.least, rem));
}

function readKept(): number {
  const kept = readSetting("list-width");
  return kept === null ? listRem.usual : clampListRem(Number(kept));
}

/** The width of the list pane that was chosen on this device, in rem, and how to change it: null forgets the choice. */
export function useListWidth(): [number, (rem: number | null) => void] {
  const [widthRem, setWidthRem] = useState(readKept);
  const choose = (rem: number | null) => {
    const next = rem === null ? listRem.usual : Math.round(clampListRem(rem) * 100) / 100;
    setWidthRem(next);
    writeSetting("list-width", rem === null ? null : String(next));
  };
  return [widthRem, choose];
}
