import { existsSync } from "node:fs";
import { join } from "node:path";
import { plugin } from "bun";

const source = join(import.meta.dir, "../../../apps/server/src");

/**
 * Has this process load one module of the server, by its path there, with pieces of its text replaced, so that the product
 * itself needs no switch by which it could be broken. Throws when the module or a text is not there: a plant that changes
 * nothing shows nothing.
 */
export function rewriteModule(name: string, pieces: readonly (readonly [from: string, to: string])[]): void {
  if (!existsSync(join(source, name))) throw new Error(`There is no ${name}; this plant is stale.`);
  const path = new RegExp(`/${name.replaceAll(".", "\\.")}$`);
  plugin({
    name: "planted fault",
    setup(build) {
      build.onLoad({ filter: path }, async (module) => {
        let contents = await Bun.file(module.path).text();
        for (const [from, to] of pieces) {
          if (!contents.includes(from)) throw new Error(`${module.path} has no «${from}»; this plant is stale.`);
          contents = contents.replace(from, () => to);
        }
        return { contents, loader: "ts" };
      });
    },
  });
}
