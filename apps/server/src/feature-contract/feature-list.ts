import type { AccountEraser, Feature, FeatureParts } from "./feature.ts";

/** A feature's parts under its name. */
export type NamedParts = FeatureParts & { readonly name: string };

/** What features contribute that one of them does something with; asked for once all of them are there. */
export type ContributedPorts = {
  readonly contributed: {
    readonly erasers: () => readonly (AccountEraser & { readonly name: string })[];
    readonly exporters: () => readonly {
      readonly name: string;
      readonly export: (accountId: string) => Promise<unknown>;
    }[];
  };
};

export type AnyFeature = Feature<string, never, unknown>;

/** Features that were made, in their order. */
export type CreatedFeatures<E> = { readonly exports: E; readonly parts: readonly NamedParts[] };

/**
 * Features in the order in which they build on each other. `P` is what the next one may need: the node's ports `B`, and what
 * each one before exports, `E`, under its name.
 */
export class FeatureList<B, E = unknown> {
  constructor(readonly all: readonly AnyFeature[] = []) {}

  /** Adds one. What it needs has to be there: otherwise this does not compile. */
  with<const N extends string, X>(feature: Feature<N, B & ContributedPorts & E, X>) {
    if (this.all.some(({ name }) => name === feature.name)) throw new Error(`Two features are called ${feature.name}.`);
    return new FeatureList<B, E & { readonly [name in N]: X }>([...this.all, feature as unknown as AnyFeature]);
  }

  /** Makes them, one after the other. */
  async create(ports: B & object): Promise<CreatedFeatures<E>> {
    const parts: NamedParts[] = [];
    const exports: Record<string, unknown> = {};
    const contributed: ContributedPorts["contributed"] = {
      erasers: () => parts.flatMap(({ name, eraser }) => (eraser ? [{ name, ...eraser }] : [])),
      exporters: () => parts.flatMap(({ name, exporter }) => (exporter ? [{ name, export: exporter }] : [])),
    };
    for (const { name, create } of this.all) {
      if (name in ports || name === "contributed") throw new Error(`A feature cannot be called ${name} like a port.`);
      const made = await create({ ...ports, contributed, ...exports } as never);
      parts.push({ ...made, name });
      if (made.exports !== undefined) exports[name] = made.exports;
    }
    return { exports: exports as E, parts };
  }
}

/** Begins a list of features that may need what a node of this kind has. */
export function listFeatures<B>(): FeatureList<B> {
  return new FeatureList<B>();
}
