import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locale } from "@maru/protocol";
import { Marked } from "marked";

export type LegalPage = { readonly locale: Locale; readonly html: string };

export const legalStylePath = "/legal.css";
/** The pages' own style sheet, a file of ours so that the strict content policy lets it in. */
export const legalStyle = readFileSync(join(import.meta.dir, "legal", "legal.css"), "utf8");

const titles = {
  terms: { ko: "이용약관", en: "Terms of use" },
  privacy: { ko: "개인정보 처리방침", en: "Privacy policy" },
} as const;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Whether a link may stand in a legal text: the web, mail, or a place in this installation. */
function isSafeLink(href: string): boolean {
  return /^(?:https?:\/\/|mailto:|\/(?![/\\])|#)/i.test(href.trim());
}

/** Markdown without its two ways of bringing in script: raw HTML is shown as text, links are http(s), mail or local. */
const markdown = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const label = this.parser.parseInline(tokens);
      return isSafeLink(href) ? `<a href="${escapeHtml(href)}" rel="noopener noreferrer">${label}</a>` : label;
    },
  },
});

/** Renders a legal text as a page of its own, readable without the app. What is not filled is marked. */
export function renderLegalPage(text: {
  readonly kind: keyof typeof titles;
  readonly locale: Locale;
  readonly markdown: string;
}): LegalPage {
  const { kind, locale } = text;
  const other = locale === "ko" ? "en" : "ko";
  const body = markdown
    .parse(text.markdown, { async: false })
    .replace(/\{\{\s*([A-Za-z]+)\s*\}\}/g, "<mark>{{$1}}</mark>")
    .replaceAll("<table>", '<div class="scroll" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
  const html = `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titles[kind][locale]} · Maru</title>
<link rel="stylesheet" href="${legalStylePath}">
</head>
<body>
<header>
<a href="/">Maru</a>
<a href="/${kind}?lang=${other}" hreflang="${other}" lang="${other}">${other === "ko" ? "한국어" : "English"}</a>
</header>
<main>
${body}</main>
</body>
</html>
`;
  return { locale, html };
}
