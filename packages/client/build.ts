import { rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

const here = import.meta.dir;
const out = process.argv[2] ?? join(here, "dist");
/** Where a declaration names another module. */
const specifier = /(\bfrom |\bimport\()"([^"]+)"/g;

const packageFile = await Bun.file(join(here, "package.json")).json();
/** What the package is entered by: each sub-path and its source. */
const entryPoints = Object.entries(packageFile.exports as Record<string, { bun: string }>).map(([path, { bun }]) => ({
  path,
  source: bun.slice(2),
  code: `${basename(bun, ".ts")}.js`,
}));

/**
 * Builds `dist`, or the folder that is named, a package that stands alone: for browsers and Node, a file for each sub-path and
 * the files that they share, with the parts of the protocol that they use, and the types of all that they give out, for
 * programs outside this repository.
 */
await rm(out, { recursive: true, force: true });
const size = await buildCode();
const typeFiles = await buildTypes();
await describePackage();
console.log(
  `${relative(process.cwd(), out) || out} ${entryPoints.length} sub-paths, ${Math.round(size / 1024)} kB, types in ${typeFiles} files`,
);

async function buildCode(): Promise<number> {
  const result = await Bun.build({
    entrypoints: entryPoints.map(({ source }) => join(here, source)),
    outdir: out,
    naming: { entry: "[name].[ext]", chunk: "shared-[hash].[ext]" },
    // What two sub-paths use is there once, also for a program that takes both.
    splitting: true,
    target: "browser",
    format: "esm",
    minify: { syntax: true, whitespace: false, identifiers: false },
  });
  return result.outputs.reduce((sum, { size }) => sum + size, 0);
}

/**
 * Writes declarations into `dist/types`, those that can be reached from the door, each naming the others by its path.
 * The compiler takes the protocol by its path too: through node_modules it now and then took it for somebody else's.
 */
async function buildTypes(): Promise<number> {
  const emitted = join(out, "emitted");
  const tsc = join(dirname(Bun.resolveSync("typescript/package.json", here)), "bin/tsc");
  const run = Bun.spawn(
    [process.execPath, "--bun", tsc, "-p", join(here, "tsconfig.types.json"), "--outDir", emitted],
    { stdout: "inherit", stderr: "inherit" },
  );
  if ((await run.exited) !== 0) throw new Error("The types could not be built.");
  const shim = join(emitted, "schema-types.d.ts");
  await Bun.write(shim, Bun.file(join(here, "schema-types.d.ts")));
  const homes: Record<string, string> = { "@maru/protocol": join(emitted, "protocol/src/index.d.ts"), zod: shim };

  const placeOf = (file: string) => join(out, "types", relative(emitted, file).replace("/src/", "/"));

  const written = new Set<string>();
  const waiting = entryPoints.map(({ source }) => join(emitted, "client", source.replace(/\.ts$/, ".d.ts")));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (written.has(file)) continue;
    written.add(file);
    // Where a file does not import the schema library, the compiler names the inside of it.
    const emittedText = (await Bun.file(file).text()).replaceAll('import("zod/v4/core").', 'import("zod").core.');
    const text = emittedText.replace(specifier, (whole, before: string, name: string) => {
      // An example in a comment names the package as its users do.
      if (name.startsWith(packageFile.name)) return whole;
      const target = homes[name] ?? join(dirname(file), name.replace(/\.tsx?$/, ".d.ts"));
      waiting.push(target);
      const path = relative(dirname(placeOf(file)), placeOf(target)).replace(/\.d\.ts$/, ".js");
      return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
    });
    await Bun.write(placeOf(file), text);
  }
  await rm(emitted, { recursive: true });
  return written.size;
}

/** Makes the folder a package: `npm install …/packages/client/dist`. */
async function describePackage(): Promise<void> {
  const { name, version, license } = packageFile;
  const exports = Object.fromEntries(
    entryPoints.map(({ path, source, code }) => {
      const types = `./types/client/${source.replace(/^src\//, "").replace(/\.ts$/, ".d.ts")}`;
      return [path, { types, default: `./${code}` }];
    }),
  );
  const manifest = { name, version, license, type: "module", sideEffects: false, exports };
  await Bun.write(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await Bun.write(join(out, "README.md"), Bun.file(join(here, "README.md")));
}
