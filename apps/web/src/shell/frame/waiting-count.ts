/** How much waits for somebody: a number for what was said to them, and whether there is anything else new. */
export type WaitingCount = { readonly count: number; readonly hasMore: boolean };

/** Adds up what waits in several places. The one sum of title, icon and app badge; nothing is counted twice. */
export function sumWaiting(places: readonly (Partial<WaitingCount> | null | undefined)[]): WaitingCount {
  return {
    count: places.reduce((sum, place) => sum + (place?.count ?? 0), 0),
    hasMore: places.some((place) => place?.hasMore === true),
  };
}
