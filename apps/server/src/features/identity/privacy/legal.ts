import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locale } from "@maru/protocol";
import { type LegalPage, renderLegalPage } from "./legal-page.ts";

export const legalKinds = ["terms", "privacy"] as const;
export type LegalKind = (typeof legalKinds)[number];

/** What the operator fills into the texts; a field left out stays visible as `{{name}}` and is warned about. */
export const operatorFields = ["operatorName", "operatorContact"] as const;
export type OperatorFields = { readonly [K in (typeof operatorFields)[number]]?: string | undefined };

/** A place in a legal text that nobody has filled. */
export type UnfilledLegal = { readonly kind: LegalKind; readonly locale: Locale; readonly placeholder: string };

export type LegalTexts = {
  /** The version of a text in force: its date and a hash over both languages, so that any change is a new version. */
  versionOf(kind: LegalKind): string;
  getPage(kind: LegalKind, locale: Locale): LegalPage;
  /** Lists what the operator has not filled, for the start-up warning. */
  findUnfilled(): readonly UnfilledLegal[];
};

const locales: readonly Locale[] = ["ko", "en"];

/**
 * Reads the operator's terms and privacy policy once: `<kind>.<locale>.md` from the operator's folder if it is there,
 * else the template that comes with the product.
 *
 * Nodes agree on versions as long as they are given the same texts: a version depends on nothing but the text.
 */
export function createLegalTexts(options: {
  readonly operator: OperatorFields;
  readonly operatorFolder?: string | undefined;
}): LegalTexts {
  const pages = new Map<string, LegalPage>();
  const versions = new Map<LegalKind, string>();
  const unfilled: UnfilledLegal[] = [];

  for (const kind of legalKinds) {
    const hash = createHash("sha256");
    const dates: string[] = [];
    for (const locale of locales) {
      const { effective, body } = splitDate(readSource(kind, locale, options.operatorFolder));
      if (effective) dates.push(effective);
      const values: Record<string, string | undefined> = { ...options.operator, effectiveDate: effective };
      hash.update(`${locale}\n${effective ?? ""}\n${fill(body, values)}\n`);
      for (const placeholder of new Set(body.match(placeholderPattern) ?? [])) {
        const name = placeholder.slice(2, -2).trim();
        if (!values[name]?.trim()) unfilled.push({ kind, locale, placeholder: name });
      }
      pages.set(`${kind}.${locale}`, renderLegalPage({ kind, locale, markdown: fill(body, values) }));
    }
    const date = dates.sort().at(-1);
    versions.set(kind, [...(date ? [date] : []), hash.digest("hex").slice(0, 10)].join("."));
  }

  return {
    versionOf: (kind) => versions.get(kind) ?? "",
    getPage(kind, locale) {
      const page = pages.get(`${kind}.${locale}`);
      if (!page) throw new Error(`no ${kind} in ${locale}`);
      return page;
    },
    findUnfilled: () => unfilled,
  };
}

const placeholderPattern = /\{\{\s*[A-Za-z]+\s*\}\}/g;

function fill(body: string, values: Record<string, string | undefined>): string {
  return body.replace(placeholderPattern, (whole) => values[whole.slice(2, -2).trim()]?.trim() || whole);
}

function readSource(kind: LegalKind, locale: Locale, operatorFolder: string | undefined): string {
  const name = `${kind}.${locale}.md`;
  const own = operatorFolder === undefined ? null : join(operatorFolder, name);
  return readFileSync(own && existsSync(own) ? own : join(import.meta.dir, "legal", name), "utf8");
}

/** Takes `<!-- effective: YYYY-MM-DD -->` from the first line, where Markdown shows nothing of it. */
function splitDate(source: string): { effective: string | undefined; body: string } {
  const match = /^\uFEFF?<!--\s*effective:\s*(\d{4}-\d{2}-\d{2})\s*-->\s*/.exec(source);
  return match ? { effective: match[1], body: source.slice(match[0].length) } : { effective: undefined, body: source };
}
