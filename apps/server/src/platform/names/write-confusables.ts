import { join } from "node:path";
import { type Confusables, readIcuConfusables } from "./read-icu-confusables.ts";

/** The table as it is kept: for each prototype, the code points that are taken for it, in hexadecimal. */
export type ConfusablesTable = {
  readonly source: string;
  readonly unicode: string;
  readonly lookAlikes: Readonly<Record<string, string>>;
};

/** Brings the confusables into the form that is kept beside this file. */
export function packConfusables({ unicode, prototypes }: Confusables): ConfusablesTable {
  const lookAlikes: Record<string, string> = {};
  const hex = (text: string) => [...text].map((character) => (character.codePointAt(0) ?? 0).toString(16)).join(" ");
  for (const [code, prototype] of [...prototypes].sort(([one], [other]) => one - other)) {
    const key = hex(prototype);
    const known = lookAlikes[key];
    lookAlikes[key] = known === undefined ? code.toString(16) : `${known} ${code.toString(16)}`;
  }
  const source =
    "confusables.txt of UTS 39, © Unicode, Inc. (Unicode License v3), out of the ICU data of Debian's chromium by write-confusables.ts";
  return { source, unicode, lookAlikes };
}

// Run by hand for a new version of Unicode, with the path of the file: …/write-confusables.ts /usr/lib/chromium/icudtl.dat
if (import.meta.main) {
  const table = packConfusables(readIcuConfusables(await Bun.file(process.argv[2] ?? "").bytes()));
  await Bun.write(join(import.meta.dir, "confusables.json"), `${JSON.stringify(table, null, 2)}\n`);
}
