import { z } from "zod";
import type { SourceTree } from "./source-tree.ts";

const schema = z.strictObject({
  areas: z.record(z.string(), z.array(z.string())),
  features: z.strictObject({
    folder: z.string(),
    imports: z.array(z.string()),
    table: z.record(z.string(), z.array(z.string())),
  }),
  webFeatures: z
    .strictObject({
      folder: z.string(),
      imports: z.array(z.string()),
      others: z.record(z.string(), z.array(z.string())),
    })
    .optional(),
  entryPoints: z.array(z.string()),
  tests: z.array(z.string()),
});

/**
 * Who may import whom. An area is a folder or a file; a file belongs to the longest area that holds it, and may import
 * its own area with what lies in it, and those that its area lists. Naming a folder allows the areas below it too,
 * except features, which are allowed by name in their table, or all at once by the word "features".
 */
export type Architecture = {
  readonly areas: ReadonlyMap<string, readonly string[]>;
  readonly features: { readonly folder: string; readonly names: readonly string[] };
  /** Areas that are entered by their `index.ts` only. */
  readonly entryPoints: readonly string[];
  /** What test code may import besides. */
  readonly tests: readonly string[];
};

export function readArchitecture(tree: SourceTree): Architecture {
  const { areas, features, webFeatures, entryPoints, tests } = schema.parse(JSON.parse(tree.read("architecture.json")));
  const featureArea = (name: string) => `${features.folder}/${name}`;
  const names = listFeatures(features, tree.files);
  const table = names.map(
    (name) => [featureArea(name), [...features.imports, ...(features.table[name] ?? []).map(featureArea)]] as const,
  );
  const web = webFeatures ? areasOfWeb(webFeatures, tree.files) : { features: [], words: [] };
  return {
    areas: new Map([...Object.entries(areas), ...table, ...web.features, ...web.words]),
    features: { folder: features.folder, names },
    entryPoints: [...entryPoints, ...names.map(featureArea), ...web.features.map(([area]) => area)],
    tests,
  };
}

type WebFeatures = NonNullable<z.output<typeof schema>["webFeatures"]>;
type Areas = readonly (readonly [area: string, imports: readonly string[]])[];

/**
 * The features of the web app are those that have a folder; only who imports another one is named. Their words are an area of
 * their own beside the door, for tests that look for them on the page.
 */
function areasOfWeb({ folder, imports, others }: WebFeatures, files: readonly string[]) {
  const namesOf = (pattern: RegExp) => [...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? []))];
  const inFolder = (rest: string) => new RegExp(`^${RegExp.escape(folder)}/([^/]+)/${rest}`);
  const areaOfFeature = (name: string) => `${folder}/${name}`;
  const names = new Set([...namesOf(inFolder("")), ...Object.keys(others)]);
  const features: Areas = [...names].map((name) => [
    areaOfFeature(name),
    [...imports, ...(others[name] ?? []).map(areaOfFeature)],
  ]);
  const words: Areas = namesOf(inFolder("i18n/")).map((name) => [`${areaOfFeature(name)}/i18n`, imports]);
  return { features, words };
}

/** The features are those that have a folder; only one that imports another needs a line in the table. */
function listFeatures(features: z.output<typeof schema>["features"], files: readonly string[]): string[] {
  const inFolder = files.filter((file) => holds(features.folder, file));
  const folders = inFolder.flatMap(
    (file) =>
      file
        .slice(features.folder.length + 1)
        .split("/")
        .slice(0, -1)[0] ?? [],
  );
  return [...new Set([...Object.keys(features.table), ...folders])];
}

/** The area a file belongs to, or undefined when the architecture does not know its folder. */
export function areaOf({ areas }: Architecture, file: string): string | undefined {
  let longest: string | undefined;
  for (const area of areas.keys()) {
    if (holds(area, file) && area.length > (longest?.length ?? 0)) longest = area;
  }
  return longest;
}

export function holds(area: string, path: string): boolean {
  return path === area || path.startsWith(`${area}/`);
}
