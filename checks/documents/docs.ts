import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, counted, type Fault } from "../fault.ts";
import type { SourceTree } from "../source-tree.ts";
import { type GeneratedBlock, generatedBlocks } from "./generated-docs.ts";

const block = /^<!-- generated:([\w-]+) -->\n([\s\S]*?)^<!-- \/generated:\1 -->$/gm;
const opening = /^<!-- generated:([\w-]+) -->$/gm;

/** Tables in the documents say what the code says, and every table that the code offers stands in a document. */
export function createDocsCheck(blocks: readonly GeneratedBlock[]): Check {
  const find = (name: string) => blocks.find((candidate) => candidate.name === name);
  return {
    name: "docs",
    run(tree) {
      const faults: Fault[] = [];
      const written = new Set<string>();
      for (const file of documents(tree)) {
        const text = tree.read(file);
        const whole = [...text.matchAll(block)];
        for (const [, name = "", content] of whole) {
          written.add(name);
          const known = find(name);
          if (!known)
            faults.push({ file, message: `nothing generates "${name}"; see checks/documents/generated-docs.ts.` });
          else if (content !== inside(known)) {
            faults.push({ file, message: `"${name}" is not what the code says; run ./maru check --write.` });
          }
        }
        const open = [...text.matchAll(opening)].length - whole.length;
        if (open > 0) faults.push({ file, message: `${counted(open, "generated block")} without an end.` });
      }
      for (const { name } of blocks) {
        if (!written.has(name))
          faults.push({ file: "docs", message: `no document holds the generated block "${name}".` });
      }
      return { read: counted(written.size, "generated block"), faults };
    },
    repair(tree) {
      for (const file of documents(tree)) {
        const text = tree.read(file);
        const repaired = text.replace(block, (whole, name: string) => {
          const known = find(name);
          return known ? `<!-- generated:${name} -->\n${inside(known)}<!-- /generated:${name} -->` : whole;
        });
        if (repaired !== text) writeFileSync(join(tree.root, file), repaired);
      }
    },
  };
}

function documents(tree: SourceTree): string[] {
  return tree.files.filter((file) => file.endsWith(".md"));
}

/** Blank lines keep the markers apart from the table, which Markdown would otherwise not see. */
function inside({ render }: GeneratedBlock): string {
  return `\n${render()}\n\n`;
}

export const docs = createDocsCheck(generatedBlocks);
