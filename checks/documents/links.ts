import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { type Check, counted, type Fault } from "../fault.ts";
import type { SourceTree } from "../source-tree.ts";

/** Relative links between our documents lead to files that exist, and to headings that exist. */
export const links: Check = {
  name: "links",
  run(tree) {
    const faults: Fault[] = [];
    let count = 0;
    for (const file of tree.files.filter((path) => path.endsWith(".md"))) {
      for (const { target, line } of findLinks(tree.read(file))) {
        count += 1;
        const message = findLinkFault(tree, file, target);
        if (message) faults.push({ file, line, message });
      }
    }
    return { read: counted(count, "link"), faults };
  },
};

function findLinks(text: string): { target: string; line: number }[] {
  return withoutCode(text)
    .split("\n")
    .flatMap((content, index) =>
      [...content.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|<(?:img|a)[^>]+(?:src|href)="([^"]+)"/g)].map((match) => ({
        target: match[1] ?? match[2] ?? "",
        line: index + 1,
      })),
    )
    .filter(({ target }) => !/^[a-z+]+:|^\//.test(target));
}

/** Blanks what stands in code, keeping the lines. */
function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1|`[^`\n]+`/gm, (code) => code.replace(/[^\n]/g, ""));
}

function findLinkFault(tree: SourceTree, file: string, target: string): string | undefined {
  const [path = "", heading] = decodeURI(target).split("#");
  const destination = path === "" ? file : normalize(join(dirname(file), path)).replace(/\/$/, "");
  const place = join(tree.root, destination);
  if (destination.startsWith("..") || !existsSync(place)) return `the link ${target} leads nowhere.`;
  const isKnown = statSync(place).isDirectory() || tree.files.includes(destination);
  if (!isKnown) return `the link ${target} leads to a file that is not part of the repository.`;
  if (heading === undefined || !destination.endsWith(".md")) return undefined;
  return headingsOf(tree.read(destination)).includes(heading)
    ? undefined
    : `${destination} has no heading #${heading}.`;
}

/** The anchors that a viewer makes of the headings. */
function headingsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title = ""]) => {
    const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    const repeats = seen.get(anchor) ?? 0;
    seen.set(anchor, repeats + 1);
    return repeats === 0 ? anchor : `${anchor}-${repeats}`;
  });
}
