import { plugin } from "bun";

/**
 * Has this process load one module of the server with pieces of its text replaced, so that the product itself needs no
 * switch by which it could be broken. Throws when a text is not there: a plant that changes nothing shows nothing.
 */
export function rewriteModule(path: RegExp, pieces: readonly (readonly [from: string, to: string])[]): void {
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
