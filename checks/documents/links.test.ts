import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { links } from "./links.ts";

async function faultsOf(text: string): Promise<string[]> {
  using tree = plantTree({
    "docs/page.md": text,
    "docs/other.md": "# 마루 and `friends`\n\n## Again\n\n## Again\n",
    "docs/images/room.png": "",
  });
  return (await links.run(tree)).faults.map(({ line, message }) => `${line}: ${message}`);
}

test.each([
  ["\n[gone](gone.md)", "2: the link gone.md leads nowhere."],
  ["![gone](images/gone.png)", "1: the link images/gone.png leads nowhere."],
  ["[out](../../etc/passwd)", "1: the link ../../etc/passwd leads nowhere."],
  ["[other](other.md#gone)", "1: docs/other.md has no heading #gone."],
  ["[here](#gone)", "1: docs/page.md has no heading #gone."],
  ['<img src="images/gone.png">', "1: the link images/gone.png leads nowhere."],
])("turns red for %s", async (text, fault) => {
  expect(await faultsOf(text)).toEqual([fault]);
});

test.each([
  "[other](other.md) and [a heading](other.md#마루-and-friends), [the second](other.md#again-1)",
  "![room](images/room.png 'with a title')",
  "[folder](images/) and [site](https://example.org/gone)",
  "`[code](gone.md)`\n```\n[code](gone.md)\n```",
  "# Title\n[here](#title)",
])("is content with %s", async (text) => {
  expect(await faultsOf(text)).toEqual([]);
});
