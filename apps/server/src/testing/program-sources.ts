/** Texts of program files by their names. */
export type Sources = ReadonlyMap<string, string>;

/** Reads every program file of the server but tests and what only tests use. */
export async function readSources(root = `${import.meta.dir}/..`): Promise<Sources> {
  const sources = new Map<string, string>();
  for await (const name of new Bun.Glob("**/*.ts").scan({ cwd: root })) {
    if (/\.(test|fixture)\.ts$|^testing\//.test(name)) continue;
    sources.set(name, await Bun.file(`${root}/${name}`).text());
  }
  return sources;
}

/** Seals again, for the purpose that the list of sealed columns names. */
const sealsAnew = "platform/reseal.ts";

/** The purposes for which something is sealed; where that cannot be read, the file and what stands there. */
export function findSealPurposes(sources: Sources): string[] {
  const purposes = new Set<string>();
  for (const [name, text] of sources) {
    if (name === sealsAnew) continue;
    // Called by another name, it would be looked for in vain.
    if (/\{[^{}]*\bseal\b[^{}]*\}\s*=\s*[\w.]*secretBox\b/.test(text)) purposes.add(`${name}: seal by another name`);
    for (const [, called, argument = ""] of text.matchAll(/\.seal\b(\(?)\s*([^,()]*)/g)) {
      const literal = /^"([^"]+)"$/.exec(argument)?.[1];
      const isName = /^\w+$/.test(argument);
      const constant = isName ? new RegExp(`\\bconst ${argument} = "([^"]+)";`).exec(text)?.[1] : undefined;
      purposes.add((called && (literal ?? constant)) || `${name}: ${argument}`);
    }
  }
  return [...purposes].sort();
}

/**
 * The purposes for which keyed hashes are made, and whether each is looked up under earlier secrets too; where a purpose
 * cannot be read, the file and what stands there.
 */
export function findKeyedHashes(sources: Sources): Record<string, boolean> {
  const found: Record<string, boolean> = {};
  for (const [name, text] of sources) {
    for (const [, method, argument = ""] of text.matchAll(/\.(fingerprints?)\(\s*([^,()]*)/g)) {
      const literal = /^["`]([^"`$]+)/.exec(argument)?.[1]?.trim();
      const constant = /^\w+$/.test(argument)
        ? new RegExp(`\\bconst ${argument} = "([^"]+)";`).exec(text)?.[1]
        : undefined;
      const purpose = literal ?? constant ?? `${name}: ${argument}`;
      found[purpose] = found[purpose] === true || method === "fingerprints";
    }
  }
  return found;
}
