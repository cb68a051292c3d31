import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { createSourceTree } from "../source-tree.ts";
import { lockFile } from "./lock-file.ts";

function plantLock(packages: Record<string, unknown>) {
  return plantTree({ "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages }) });
}

test("turns red for an entry that names its registry", async () => {
  using tree = plantLock({
    "node_modules/zod": { version: "4.0.0", resolved: "https://registry.example/zod-4.0.0.tgz" },
  });
  expect((await lockFile.run(tree)).faults.map(({ message }) => message)).toEqual([
    "node_modules/zod names an address: https://registry.example/zod-4.0.0.tgz.",
  ]);
});

test("is content with links to our own packages and with options beside or above their needer", async () => {
  using tree = plantLock({
    "node_modules/@maru/ui": { resolved: "packages/ui", link: true },
    "node_modules/a": { optionalDependencies: { b: "1.0.0", c: "1.0.0" } },
    "node_modules/a/node_modules/b": {},
    "node_modules/c": {},
  });
  expect((await lockFile.run(tree)).faults).toEqual([]);
});

test("turns red for a missing option, and adds it when asked", async () => {
  using tree = plantLock({
    "node_modules/@swc/core": { dev: true, optionalDependencies: { "@swc/core-linux-arm-gnueabihf": "1.2.3" } },
  });
  expect((await lockFile.run(tree)).faults).toHaveLength(1);

  await lockFile.repair?.(tree);

  const repaired = createSourceTree(tree.root, tree.files);
  expect((await lockFile.run(repaired)).faults).toEqual([]);
  expect(JSON.parse(repaired.read("package-lock.json")).packages["node_modules/@swc/core-linux-arm-gnueabihf"]).toEqual(
    {
      version: "1.2.3",
      cpu: ["arm"],
      dev: true,
      libc: ["glibc"],
      optional: true,
      os: ["linux"],
    },
  );
});
