/** Writes a count as badges, titles and icons do: nothing past 99. */
export function formatBadge(count: number): string {
  return count > 99 ? "99+" : String(count);
}
