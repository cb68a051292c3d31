import { isNodeRateLimit, type RateLimitName } from "@maru/protocol";

/** What each endpoint or command that was asked has counted exactly. */
export type TakenLimits = ReadonlyMap<string, ReadonlySet<RateLimitName>>;

/** What a table says of exact limits otherwise than was taken; whatever names some has to have been asked. */
export function listLimitDifferences(
  table: Readonly<Record<string, { readonly limits: readonly RateLimitName[] }>>,
  taken: TakenLimits,
): string[] {
  return Object.entries(table).flatMap(([door, { limits }]) => {
    const named: readonly RateLimitName[] = limits.filter((name) => !isNodeRateLimit(name));
    const counted = taken.get(door);
    if (!counted) return named.length > 0 ? [`${door} was never asked`] : [];
    return [
      ...named.filter((name) => !counted.has(name)).map((name) => `${door} names ${name} and never takes it`),
      ...[...counted].filter((name) => !named.includes(name)).map((name) => `${door} takes ${name} unnamed`),
    ];
  });
}
