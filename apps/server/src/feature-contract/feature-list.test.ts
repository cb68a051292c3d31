import { expect, test } from "bun:test";
import { defineFeature } from "./feature.ts";
import { listFeatures } from "./feature-list.ts";

type Ports = { readonly words: string[] };

const folder = import.meta.dir;
const first = defineFeature({
  name: "first",
  folder,
  create: ({ words }: Ports) => {
    words.push("first");
    return { exports: { count: () => words.length }, eraser: { erase: async () => {} } };
  },
});
const second = defineFeature({
  name: "second",
  folder,
  create: async ({ words, first: earlier }: Ports & { first: { count(): number } }) => {
    words.push(`second after ${earlier.count()}`);
    return { exporter: async () => words };
  },
});

test("features are made in their order, each with what those before it export", async () => {
  const ports = { words: [] };
  const { parts, exports } = await listFeatures<Ports>().with(first).with(second).create(ports);
  expect(ports.words).toEqual(["first", "second after 1"] as never);
  expect(parts.map(({ name }) => name)).toEqual(["first", "second"]);
  expect(exports.first.count()).toBe(2);
});

test("one that needs a feature which comes after it does not compile", () => {
  // @ts-expect-error: `first` is not there yet.
  const wrong = listFeatures<Ports>().with(second).with(first);
  // @ts-expect-error: nobody has such a port.
  const lacking = wrong.with(defineFeature({ name: "third", folder, create: (_: { nothing: number }) => ({}) }));
  expect(lacking.all).toHaveLength(3);
});

test("what features contribute is there for the first of them too, once all are made", async () => {
  const seen: string[] = [];
  const collector = defineFeature({
    name: "collector",
    folder,
    create: ({
      contributed,
    }: {
      contributed: { erasers(): readonly { name: string }[]; exporters(): readonly { name: string }[] };
    }) => ({
      start: () => seen.push(...[...contributed.erasers(), ...contributed.exporters()].map(({ name }) => name)),
    }),
  });
  const { parts } = await listFeatures<Ports>().with(collector).with(first).with(second).create({ words: [] });
  await parts[0]?.start?.();
  expect(seen).toEqual(["first", "second"]);
});

test("a name is taken once, and no port's name is taken", async () => {
  expect(() => listFeatures<Ports>().with(first).with(first)).toThrow("Two features are called first.");
  const words = defineFeature({ name: "words", folder, create: () => ({}) });
  await expect(listFeatures<Ports>().with(words).create({ words: [] })).rejects.toThrow("cannot be called words");
});
