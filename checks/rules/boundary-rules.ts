import { type Architecture, areaOf, holds } from "../architecture.ts";
import type { Fault } from "../fault.ts";
import { isTestCode } from "../source-tree.ts";

/** Why a file may not import another one, or undefined when it may. */
export function findImportFault(architecture: Architecture, from: string, to: string): string | undefined {
  const fromArea = areaOf(architecture, from);
  const toArea = areaOf(architecture, to);
  if (isTestCode(to) && !mayUseTestCode(architecture, from, to)) return `${to} is for tests only.`;
  if (fromArea === undefined || toArea === undefined || holds(fromArea, toArea)) return undefined;
  if (!mayImport(architecture, fromArea, toArea, isTestCode(from))) {
    return `${fromArea} may not import ${toArea} (architecture.json). Pass it in from app.ts, listen to an event, or define a port.`;
  }
  const entryPoint = architecture.entryPoints.find((area) => area === toArea);
  if (entryPoint !== undefined && !isEntryPoint(entryPoint, to))
    return `enter ${entryPoint} by its index.ts, not by ${to}.`;
  return undefined;
}

function mayImport(
  { areas, features, tests }: Architecture,
  fromArea: string,
  toArea: string,
  isTest: boolean,
): boolean {
  const allowed = [...(areas.get(fromArea) ?? []), ...(isTest ? tests : [])];
  const isFeature = holds(features.folder, toArea);
  return allowed.some((area) => (isFeature ? area === toArea || area === "features" : holds(area, toArea)));
}

/** Tests may, and so may areas whose line names where the test code lies. */
function mayUseTestCode(architecture: Architecture, from: string, to: string): boolean {
  const fromArea = areaOf(architecture, from) ?? "";
  const toArea = areaOf(architecture, to) ?? "";
  return isTestCode(from) || (fromArea !== toArea && (architecture.areas.get(fromArea) ?? []).includes(toArea));
}

function isEntryPoint(area: string, file: string): boolean {
  return file === `${area}/index.ts` || file === `${area}/src/index.ts`;
}

/** Finds what the table itself has wrong: folders without a file, unknown names, features that need each other. */
export function findTableFaults(
  { areas, features, entryPoints, tests }: Architecture,
  files: readonly string[],
): Fault[] {
  const faults: Fault[] = [];
  const report = (message: string) => faults.push({ file: "architecture.json", message });

  for (const area of areas.keys()) {
    if (!files.some((file) => holds(area, file))) report(`${area} is listed, but holds no file.`);
  }
  const mentioned = new Set([...[...areas.values()].flat(), ...entryPoints, ...tests]);
  for (const name of mentioned) {
    const exists = name === "features" || [...areas.keys()].some((area) => holds(name, area));
    if (!exists) report(`${name} is mentioned, but is not an area.`);
  }
  for (const name of features.names) {
    const path = findWayBack(areas, `${features.folder}/${name}`);
    if (path) report(`features need each other: ${path.join(" → ")}.`);
  }
  return faults;
}

/** A way along the table from an area back to itself. */
function findWayBack(areas: Architecture["areas"], start: string): string[] | undefined {
  const seen = new Set<string>();
  const follow = (area: string, path: string[]): string[] | undefined => {
    for (const next of areas.get(area) ?? []) {
      if (next === start) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const way = follow(next, [...path, next]);
      if (way) return way;
    }
    return undefined;
  };
  return follow(start, [start]);
}
