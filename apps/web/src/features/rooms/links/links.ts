import { LinkifyIt, REBuilder } from "linkify-it";
import { readHost } from "./link-hosts.ts";
import { trimSentence } from "./link-sentences.ts";

/** A stretch of a message: words, or an address that may be followed. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Where an address may begin: letters of other scripts may stand right before it, as in "주소는https://…". */
const starts = /(?<![a-z0-9+-])https?:\/\/|(?<![\p{Script=Latin}\d@./_-])www\./giu;

/** What no address goes on behind: space, quotes, full-width marks, what is invisible or turns the direction of writing. */
const ends =
  /[\s<>"`\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u00AB\u00BB\u2018\u201C-\u201F\u2028\u2029\u3001-\u3003\u3008-\u3011\u3014-\u301F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF3D\uFF5B-\uFF65]/u;

/** Takes dots and dashes between letters too, as in "/wiki/3·1_운동" and "/wiki/2019–20_season", and a curly apostrophe before a letter. */
class PathRules extends REBuilder {
  override get_path_extra(): RegExp {
    return new RegExp(`[\\u00B7\\u30FB\\u2013](?!${this.src_ZPCc}|$)|\\u2019(?=[a-z])|`);
  }
}
const finder = new LinkifyIt({ fuzzyEmail: false, rebuilder: new PathRules() });

/** Cuts a message into words and addresses; the parts joined are the message. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  starts.lastIndex = 0;
  for (let match = starts.exec(text); match; match = starts.exec(text)) {
    const link = readLink(text, match.index);
    // A refused address is passed over whole: nothing inside it is another one.
    starts.lastIndex = match.index + Math.max(link.text.length, match[0].length);
    if (link.href === null) continue;
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push({ kind: "link", text: link.text, href: link.href });
    end = match.index + link.text.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/** Reads what begins there: how far it goes, and where it leads, or null where it hides that or leads nowhere. */
function readLink(text: string, from: number): { text: string; href: string | null } {
  const rest = text.slice(from);
  const whole = rest.slice(0, endOf(rest, text[from - 1]));
  const scheme = /^https?:\/\//i.exec(whole)?.[0] ?? "";
  const host = readHost(whole.slice(scheme.length));
  if (host === null) return { text: whole, href: null };
  const full = (scheme || "https://") + host.address;
  const protocol = full.slice(0, full.indexOf("//")).toLowerCase();
  const length = finder.testSchemaAt(full, protocol, protocol.length);
  const added = full.length - scheme.length - host.address.length;
  const found = trimSentence(full.slice(added, protocol.length + length), text[from - 1]);
  return { text: found, href: found.length > scheme.length ? findHref(scheme ? found : `https://${found}`) : null };
}

/** Where the text surely leaves the address; in single quotes that is the closing one. */
function endOf(rest: string, before: string | undefined): number {
  const end = rest.search(ends);
  const quote = before === "'" ? rest.indexOf("'") : -1;
  const found = [end, quote].filter((at) => at >= 0);
  return found.length > 0 ? Math.min(...found) : rest.length;
}

function findHref(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  // A name before "@" is how "https://bank.example@evil.example" passes for the bank.
  return isWeb && url.hostname.includes(".") && url.username === "" && url.password === "" ? url.href : null;
}
