/** A stretch of a message: words, or an address that may be followed. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Marks that turn the direction of writing could make an address look like another one. */
const addressPattern =
  /(?:https?:\/\/|www\.)[^\s<>"'`\u2018\u2019\u201c\u201d\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/giu;
const closers: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
/** What Korean puts right behind a word without a space. */
const particle =
  /(?<=[\p{Script=Latin}\d/_-])(?:은|는|이|가|을|를|의|에|에서|에도|으로|로|와|과|도|만|랑|이랑|까지|부터|보다|라고|이라고|인데|예요|이에요|이야|야|입니다|보세요|봐|봐요)$/u;

/** Takes off what belongs to the sentence, not to the address: closing marks, and a particle. */
function trimAddress(raw: string): string {
  let address = raw;
  for (;;) {
    const last = address.at(-1) ?? "";
    if (/[.,!?;:…。、·~]/u.test(last)) address = address.slice(0, -1);
    else if (closers[last] && !address.slice(0, -1).includes(closers[last])) address = address.slice(0, -1);
    else break;
  }
  return address.replace(particle, "");
}

/** A host as people can check it by eye: Latin letters and digits, or Hangul, never look-alikes of other scripts. */
function isReadableHost(address: string): boolean {
  const host = address.replace(/^https?:\/\//i, "").split(/[/?#:]/, 1)[0] ?? "";
  return host.split(".").every((label) => /^[a-z0-9-]+$/i.test(label) || /^[\p{Script=Hangul}0-9-]+$/u.test(label));
}

/** Finds the address to follow, or null where the text only looks like one or hides where it leads. */
function findHref(address: string): string | null {
  if (!isReadableHost(address)) return null;
  const full = /^www\./i.test(address) ? `https://${address}` : address;
  if (!URL.canParse(full)) return null;
  const url = new URL(full);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  // A name before "@" is how "https://bank.example@evil.example" passes for the bank.
  return isWeb && url.hostname.includes(".") && url.username === "" ? url.href : null;
}

/** Cuts a message into words and addresses; the parts joined are the message. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(addressPattern)) {
    const address = trimAddress(match[0]);
    const href = findHref(address);
    if (href === null) continue;
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push({ kind: "link", text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}
