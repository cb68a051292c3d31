import { join } from "node:path";

/** Builds `dist/index.js`: one file for browsers and Node, with the parts of the protocol that it uses and nothing else. */
const result = await Bun.build({
  entrypoints: [join(import.meta.dir, "src/index.ts")],
  outdir: join(import.meta.dir, "dist"),
  target: "browser",
  format: "esm",
  minify: { syntax: true, whitespace: false, identifiers: false },
});
const [file] = result.outputs;
console.log(`packages/client/dist/index.js ${file ? Math.round(file.size / 1024) : 0} kB`);
